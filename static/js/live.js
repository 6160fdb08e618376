/* On the search page results follow the typing. An answer that comes late is dropped. */
ready(() => {
  const input = document.getElementById("q");
  if (!input || !document.body.classList.contains("page-search")) return;
  let timer = 0;
  let request = null;
  async function update() {
    request?.abort();
    request = new AbortController();
    const address = new URL(input.form.action);
    if (input.value.trim()) address.searchParams.set("q", input.value);
    try {
      const answer = await fetch(address, { signal: request.signal, headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.getElementById("main");
      if (!answer.ok || !found) return;
      document.getElementById("main").replaceChildren(...found.childNodes);
      document.title = page.title;
      history.replaceState(null, "", address);
      say(document.getElementById("results")?.textContent ?? "");
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }
  input.addEventListener("input", (event) => {
    if (event.isComposing) return; // Pinyin is being typed: the word is not there yet.
    clearTimeout(timer);
    timer = setTimeout(update, 180);
  });
  input.addEventListener("compositionend", update);
});
