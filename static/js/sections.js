/* Links into the page open what they lead to; the map shows where the reader is. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = target?.matches("details") ? target : target?.querySelector(":scope.case > details");
  if (folded) folded.open = true;
}

/** Only what can be scrolled needs to be reached by keyboard. */
function reach(block) {
  if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
  else block.removeAttribute("tabindex");
}

addEventListener("hashchange", openTarget);
ready(() => {
  openTarget();
  const resized = new ResizeObserver((changes) => changes.forEach(({ target }) => reach(target)));
  document.querySelectorAll(".code pre").forEach((one) => resized.observe(one));
  const links = new Map(
    [...document.querySelectorAll(".map a")].map((link) => [link.hash.slice(1), link]),
  );
  const seen = new Set();
  const observer = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) seen.add(target.id);
      else seen.delete(target.id);
    }
    const current = [...links.keys()].find((id) => seen.has(id));
    for (const [id, link] of links) {
      if (id === current) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  }, { rootMargin: "-10% 0px -60% 0px" });
  for (const id of links.keys()) {
    const section = document.getElementById(id);
    if (section) observer.observe(section);
  }
});
