/* `/` goes to the search, or to the paste box on the front page; Ctrl+Enter sends a paste. */
ready(() => {
  const box = document.getElementById("q") ?? document.querySelector(".paste textarea");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && box) {
      event.preventDefault();
      box.focus();
    }
    const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (sends && event.target.matches?.(".paste textarea")) event.target.form.requestSubmit();
  });
});
