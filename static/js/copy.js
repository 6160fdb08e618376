/* A button on every block of commands: copies what is to be typed, without prompts and output. */
function typedText(code) {
  const copy = code.cloneNode(true);
  copy.querySelectorAll(".gp, .go").forEach((one) => one.remove());
  const lines = copy.textContent.split("\n");
  const isSession = code.closest(".code").dataset.language === "console";
  return (isSession ? lines.filter((line) => line.trim()) : lines).join("\n").trim();
}

/** The clipboard of a page without HTTPS: a selection and the old command, or the reader's own keys. */
function copySelected(text, code) {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) getSelection().selectAllChildren(code);
  return done;
}

async function copyText(text, code) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, code);
  }
}

ready(() => {
  for (const block of document.querySelectorAll('.code[data-kind="command"]')) {
    const code = block.querySelector("code");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = words.copy;
    button.addEventListener("click", async () => {
      const done = await copyText(typedText(code), code);
      const open = new Set([...code.querySelectorAll("var:not(.filled)")].map((one) => one.textContent));
      const left = open.size ? ` ${words.unfilled} ${[...open].join(", ")}` : "";
      button.textContent = done ? words.copied : words.selected;
      say(button.textContent + left);
      setTimeout(() => { button.textContent = words.copy; }, 2500);
    });
    block.append(button);
  }
});
