/* Placeholders in commands are filled in where they stand; all commands of the page follow. */
const filled = new Map();

/** A value as a shell reads it back, whatever is in it; `open` is the quote it already stands in. */
function quoted(value, language, open) {
  if (language === "powershell") {
    if (open === "'") return value.replaceAll("'", "''");
    if (open === '"') return value.replace(/[`$"]/g, "`$&");
    return /^[\w.:/\\=+-]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
  }
  if (language === "bat") {
    const plain = value.replace(/["%\r\n]/g, "");
    return open === '"' || /^[\w.:/\\=+-]+$/.test(plain) ? plain : `"${plain}"`;
  }
  if (open === "'") return value.replaceAll("'", "'\\''");
  if (open === '"') return value.replace(/[\\`$"!]/g, "\\$&");
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

/** The quote that is open where a node stands, from the beginning of its line. */
function openQuote(node, code) {
  const range = document.createRange();
  range.setStart(code, 0);
  range.setEndBefore(node);
  let open = "";
  for (const character of range.toString().split("\n").pop()) {
    if (character === open) open = "";
    else if (!open && (character === "'" || character === '"')) open = character;
  }
  return open;
}

function showPlaceholder(field) {
  const code = field.closest("code");
  const value = filled.get(field.dataset.name);
  const language = field.closest(".code").dataset.language;
  field.classList.toggle("filled", value !== undefined);
  field.textContent = value === undefined
    ? `<${field.dataset.name}>`
    : quoted(value, language, openQuote(field, code));
}

ready(() => {
  const fields = [...document.querySelectorAll('.code[data-kind="command"] var[data-name]')];
  const others = (field) => fields.filter((one) => one !== field);
  for (const field of fields) {
    const name = field.dataset.name;
    field.contentEditable = "plaintext-only";
    if (field.contentEditable !== "plaintext-only") field.contentEditable = "true";
    field.spellcheck = false;
    field.tabIndex = 0;
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-label", name);
    field.title = words.fill;
    field.addEventListener("focus", () => {
      field.textContent = filled.get(name) ?? `<${name}>`;
      getSelection().selectAllChildren(field);
    });
    field.addEventListener("input", () => {
      const value = field.textContent.replace(/\s+/g, " ").trim();
      if (value && value !== `<${name}>`) filled.set(name, value);
      else filled.delete(name);
      others(field).filter((one) => one.dataset.name === name).forEach(showPlaceholder);
    });
    field.addEventListener("blur", () => showPlaceholder(field));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        filled.delete(name);
        fields.filter((one) => one.dataset.name === name).forEach(showPlaceholder);
      }
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        field.blur();
      }
    });
  }
});
