"""The main jobs: by keyboard alone, without JavaScript, and with the small scripts."""

import pytest

expect = pytest.importorskip("playwright.sync_api").expect
ENTRY = "/pip/hash-mismatch"


def test_search_by_keyboard_alone(new_page):
    page = new_page(ENTRY)
    page.keyboard.press("/")
    page.keyboard.type("hash mismatch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=hash+mismatch")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.card') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ENTRY}")


def test_the_skip_link_comes_first_and_leads_to_the_content(new_page):
    page = new_page(ENTRY)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_focused_element_is_visible_and_outlined(new_page):
    page = new_page(ENTRY, reduced_motion="reduce")
    for _ in range(60):
        page.keyboard.press("Tab")
        state = page.evaluate("""() => {
          const one = document.activeElement;
          const box = one.getBoundingClientRect();
          const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
          return [one.outerHTML.slice(0, 80), seen, getComputedStyle(one).outlineStyle];
        }""")
        if state[0].startswith("<body"):
            break
        assert state[1:] == [True, "solid"], state[0]


@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_everything_is_read_and_searched_without_javascript(new_page, prefix):
    page = new_page(f"{prefix}{ENTRY}", java_script_enabled=False)
    assert page.locator(".remedy.workaround").count() == 3
    assert page.locator(".theme").is_hidden()
    assert page.locator(".copy").count() == 0
    page.locator(".case summary").first.click()
    assert page.locator(".case .prose").first.is_visible()
    page.fill("#q", "哈希")
    page.press("#q", "Enter")
    assert page.locator(".card h3 a").first.get_attribute("href") == f"{prefix}{ENTRY}"


LOG = """Collecting six==1.16.0
ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated
"""


@pytest.mark.parametrize("prefix", ["", "/zh"])
def test_a_log_is_pasted_without_javascript(new_page, prefix):
    page = new_page(f"{prefix}/", java_script_enabled=False)
    page.fill("#text", LOG)
    page.click(".paste button")
    page.wait_for_url(f"**{prefix}/match")
    assert page.locator(".matched h2 a").get_attribute("href") == f"{prefix}{ENTRY}"
    assert page.locator(".text-side mark").first.text_content().startswith("THESE PACKAGES")
    assert page.input_value("#text") == LOG


@pytest.mark.parametrize("script", [True, False])
def test_a_remedy_is_reported_changed_and_withdrawn(new_page, script):
    page = new_page("/pip/hash-mismatch", java_script_enabled=script)
    remedy = page.locator("#dead-end-no-deps")
    remedy.get_by_role("button", name="it did not").press("Enter")
    assert "Counted: it did not work for you." in remedy.inner_text()
    assert "1 reported" in remedy.locator(".rate").inner_text()
    remedy.get_by_label("Version of the tool").fill("26.3")
    remedy.get_by_role("button", name="add to my report").press("Enter")
    assert "Counted: it did not work for you." in remedy.inner_text()
    remedy.get_by_role("button", name="withdraw").press("Enter")
    assert "No report of yours counts here now." in remedy.inner_text()
    assert "reported" not in remedy.locator(".rate").inner_text()


def test_a_log_is_pasted_and_sent_by_keyboard_alone(new_page):
    page = new_page("/")
    page.keyboard.press("/")
    page.keyboard.insert_text(LOG)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/match")
    assert page.locator(".matched").is_visible()


def test_a_chosen_file_is_read(new_page):
    page = new_page("/")
    log = {"name": "build.log", "mimeType": "text/plain", "buffer": LOG.encode("utf-16")}
    page.set_input_files("#file", log)
    page.click(".paste button")
    page.wait_for_url("**/match")
    assert "utf-16" in page.locator(".what-was-read").text_content()


def test_words_in_the_box_are_searched(new_page):
    page = new_page("/")
    page.fill("#text", "hash mismatch")
    page.click(".paste button")
    page.wait_for_url("**/search?q=hash+mismatch")


def test_the_language_switch_stays_on_the_page(new_page):
    page = new_page("/search?q=hash+mismatch")
    page.get_by_text("简体中文").click()
    page.wait_for_url("**/zh/search?q=hash+mismatch")
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"


def test_copying_leaves_out_prompts_and_output_and_is_announced(new_page):
    page = new_page(ENTRY, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#verify .copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "python -m pip install --require-hashes -r requirements.txt"
    expect(page.locator("#said")).to_have_text("Copied")


def test_copying_works_without_the_clipboard_interface(new_page):
    page = new_page(ENTRY, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("#verify .copy").click()
    assert page.locator("#verify .copy").text_content() == "Copied"


def test_a_placeholder_filled_once_is_filled_everywhere_and_quoted(new_page):
    page = new_page(ENTRY, permissions=["clipboard-read", "clipboard-write"])
    first = page.locator("#do-this-first var[data-name=package]").first
    first.focus()
    page.keyboard.type("a b'; rm -rf ~")
    page.keyboard.press("Enter")
    shown = page.locator("#workarounds var[data-name=package]").first.text_content()
    assert shown == "'a b'\\''; rm -rf ~'"
    assert (
        page.locator("[data-language=powershell] var").first.text_content() == "'a b''; rm -rf ~'"
    )
    page.locator("#workarounds .copy").first.click()
    expect(page.locator("#said")).to_contain_text("<version>")
    first.focus()
    page.keyboard.press("Escape")
    assert page.locator("#workarounds var[data-name=package]").first.text_content() == "<package>"


def test_a_chosen_theme_lasts_and_is_there_before_the_page_is_painted(new_page):
    page = new_page(ENTRY, color_scheme="light")
    page.locator(".theme").click()
    page.locator(".theme").click()
    assert page.locator(".theme").text_content().strip() == "Theme: dark"
    page.add_init_script(
        "new MutationObserver(() => { if (document.body) window.early ??= "
        "document.documentElement.dataset.theme; })"
        ".observe(document, {childList: true, subtree: true});"
    )
    page.reload()
    assert page.evaluate("window.early") == "dark"


def test_a_link_to_a_cause_opens_it(new_page):
    page = new_page(f"{ENTRY}#cause-index-hash")
    assert page.locator("#cause-index-hash .prose").is_visible()


def test_a_file_dropped_on_the_paste_box_is_chosen(new_page):
    page = new_page("/")
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File(["ERROR"], "build.log"));
      document.querySelector(".paste textarea")
        .dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }""")
    assert page.evaluate("document.getElementById('file').files[0].name") == "build.log"


def test_results_follow_the_typing_and_a_late_answer_is_dropped(new_page):
    page = new_page("/search?q=build")

    def answer(route):
        if route.request.url.endswith("q=has"):
            page.wait_for_timeout(400)
        route.continue_()

    page.route("**/search?q=*", answer)
    page.fill("#q", "has")
    page.wait_for_timeout(250)
    page.fill("#q", "script")
    page.wait_for_timeout(900)
    assert page.url.endswith("q=script")
    assert page.locator(".term").all_text_contents() == ["script"]


def test_words_in_the_box_bring_entries_while_they_are_typed_and_logs_do_not(new_page):
    page = new_page()
    live = page.locator("#live")
    box = page.get_by_label("Paste the message or the whole log")
    expect(live).to_be_hidden()
    box.press_sequentially("hash mism")
    expect(live.get_by_role("link").first).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Entries that fit:")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    box.fill("error: one\nhash mismatch")
    expect(live).to_be_hidden()
    assert asked == [], "a log is not sent before the reader sends it"


def test_printing_shows_what_is_folded_and_no_controls(new_page):
    page = new_page(ENTRY)
    page.emulate_media(media="print")
    assert page.locator("#cause-index-hash .prose").is_visible()
    assert page.locator(".site-search").is_hidden()
    assert page.locator(".copy").first.is_hidden()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_the_language_of_an_answer_is_changed_without_pasting_again(new_page, script):
    page = new_page("/", java_script_enabled=script)
    page.fill("#text", "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.")
    page.click(".paste button")
    page.wait_for_url("**/match")
    page.get_by_role("button", name="简体中文").click()
    page.wait_for_url("**/zh/match")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator(".matched")).to_be_visible()
