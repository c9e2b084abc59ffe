// What a browser must do at once, without asking the server. Everything works by delegation from the document, so components only carry attributes.
"use strict";

// data-enter-sends: Enter sends the form, Shift+Enter breaks the line. An input method's own Enter is left alone.
document.addEventListener("keydown", event => {
  if (event.key !== "Enter" || event.shiftKey || event.altKey || event.isComposing || event.keyCode === 229) return;
  if (!event.target.matches?.("textarea[data-enter-sends]")) return;
  event.preventDefault();
  if (!event.target.matches("[data-box]")) event.target.dispatchEvent(new Event("change", { bubbles: true }));
  event.target.form?.requestSubmit();
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

// The server came back without this page's circuit (a restart): a fresh page shows the same, since everything is kept there.
const reconnect = document.getElementById("components-reconnect-modal");
if (reconnect) {
  new MutationObserver(() => {
    if (reconnect.classList.contains("components-reconnect-rejected")) location.reload();
  }).observe(reconnect, { attributes: true, attributeFilter: ["class"] });
}
