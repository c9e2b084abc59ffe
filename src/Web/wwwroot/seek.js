// data-seek: the turn that a link leads to, by its place (data-turn). It comes into sight and takes the focus once, and is framed until the focus leaves it.
"use strict";
{
  let done = "";
  const look = () => {
    const asked = document.querySelector("[data-seek]");
    if (!asked) { done = ""; return; }
    if (asked.dataset.seekOf === done) return;
    const turn = document.querySelector(`.message[data-turn="${CSS.escape(asked.dataset.seek)}"]`);
    if (!turn) return;
    done = asked.dataset.seekOf;
    turn.focus({ preventScroll: true });
    turn.scrollIntoView({ block: "center" });
    turn.classList.add("sought");
    turn.addEventListener("focusout", () => turn.classList.remove("sought"), { once: true });
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-seek-of"] });
  look();
}
