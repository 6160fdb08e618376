/* A file dropped on the paste box is chosen, as if by its button. */
ready(() => {
  const box = document.querySelector(".paste textarea");
  const input = document.querySelector('.paste input[type="file"]');
  if (!box || !input) return;
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (event, on) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    box.classList.toggle("dropping", on);
  };
  box.addEventListener("dragover", (event) => mark(event, true));
  box.addEventListener("dragleave", (event) => mark(event, false));
  box.addEventListener("drop", (event) => {
    mark(event, false);
    if (!hasFile(event) || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
    input.form.querySelector("button").focus();
  });
  input.addEventListener("change", () => {
    if (input.files.length) say(`${input.files[0].name}: ${words.chosen}`);
  });
});
