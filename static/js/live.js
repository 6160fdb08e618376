/* Results follow the typing: on the search page in its place, below the box of the front page the best few. */

/** Call `update` with a signal once the typing pauses; an answer that comes late is dropped. */
function follow(input, update) {
  let timer = 0;
  let request = null;
  async function start() {
    clearTimeout(timer);
    request?.abort();
    request = new AbortController();
    try {
      await update(request.signal);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }
  input.addEventListener("input", (event) => {
    if (event.isComposing) return; // Pinyin is being typed: the word is not there yet.
    clearTimeout(timer);
    timer = setTimeout(start, 180);
  });
  input.addEventListener("compositionend", start);
}

/** The search page for some words, or null. */
async function searched(address, signal) {
  const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return answer.ok && page.getElementById("main") ? page : null;
}

ready(() => {
  const input = document.getElementById("q");
  if (!input || !document.body.classList.contains("page-search")) return;
  follow(input, async (signal) => {
    const address = new URL(input.form.action);
    if (input.value.trim()) address.searchParams.set("q", input.value);
    const page = await searched(address, signal);
    if (!page) return;
    document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
    document.title = page.title;
    history.replaceState(null, "", address);
    say(document.getElementById("results")?.textContent ?? "");
  });
});

ready(() => {
  const box = document.getElementById("text");
  const live = document.getElementById("live");
  if (!box || !live) return;
  const longest = 200; // A longer text is a message or a log; it goes nowhere before it is sent.
  follow(box, async (signal) => {
    const words = box.value.trim();
    let cards = [];
    if (words.length > 1 && words.length <= longest && !words.includes("\n")) {
      const address = new URL(live.dataset.search, location.href);
      address.searchParams.set("q", words);
      const page = await searched(address, signal);
      cards = [...(page?.querySelectorAll("#main .card") ?? [])].slice(0, 4);
    }
    live.hidden = !cards.length;
    live.querySelector("ol").replaceChildren(...cards);
    if (cards.length) say(`${live.dataset.found} ${cards.length}`);
  });
});
