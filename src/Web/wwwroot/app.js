// What a browser must do at once, without asking the server. Everything works by delegation from the document, so components only carry attributes.
"use strict";

// data-enter-sends: Enter sends the form, Shift+Enter breaks the line. An input method's own Enter is left alone.
document.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  if (!event.target.matches?.("textarea[data-enter-sends]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event("change", { bubbles: true }));
  event.target.form?.requestSubmit();
});

// data-escape-clicks: Esc presses that button, wherever the focus is.
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !event.isComposing) document.querySelector("[data-escape-clicks]")?.click();
});

// data-copy: puts the attribute's text on the clipboard and says so for a moment.
document.addEventListener("click", async event => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  } catch {
    button.classList.add("not-copied");
  }
});

// data-follow-end: stays at its end while content grows, unless its reader has scrolled away from there.
const followed = new WeakSet();
const follow = element => {
  if (followed.has(element)) return;
  followed.add(element);
  let atEnd = true;
  let last = 0;
  const toEnd = () => { element.scrollTop = element.scrollHeight; };
  element.addEventListener("scroll", () => {
    const { scrollTop, scrollHeight, clientHeight } = element;
    if (scrollHeight - scrollTop - clientHeight < 48) atEnd = true;
    else if (scrollTop < last) atEnd = false;
    last = scrollTop;
  }, { passive: true });
  const grown = () => { if (atEnd) toEnd(); };
  new MutationObserver(grown).observe(element, { childList: true, subtree: true, characterData: true });
  new ResizeObserver(grown).observe(element);
  toEnd();
};
const followAll = () => document.querySelectorAll("[data-follow-end]").forEach(follow);
new MutationObserver(followAll).observe(document.documentElement, { childList: true, subtree: true });
followAll();

// The server came back without this page's circuit (a restart): a fresh page shows the same, since everything is kept there.
const reconnect = document.getElementById("components-reconnect-modal");
if (reconnect) {
  new MutationObserver(() => {
    if (reconnect.classList.contains("components-reconnect-rejected")) location.reload();
  }).observe(reconnect, { attributes: true, attributeFilter: ["class"] });
}
