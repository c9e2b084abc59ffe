// data-follow-end: an element that stays at its end while content grows, unless its reader has scrolled away from there or switched that off.
"use strict";
{
  const off = "juxta.stay";
  const followed = new WeakMap(); // element → what to do when the page around it changed
  let following = localStorage.getItem(off) === null;

  const follow = element => {
    if (followed.has(element)) return;
    let atEnd = true;
    let once = true; // a switch that is off lets the first picture, and what its reader sends, still come into sight
    let last = 0;

    const toEnd = () => { element.scrollTop = element.scrollHeight; };
    const place = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const near = scrollHeight - scrollTop - clientHeight < 48;
      for (const button of document.querySelectorAll("[data-jump-end]")) button.hidden = near;
      return near;
    };
    element.addEventListener("scroll", () => {
      if (place()) atEnd = true;
      else if (element.scrollTop < last) atEnd = once = false;
      last = element.scrollTop;
    }, { passive: true });

    // Whoever works on an earlier turn is not pulled away from it.
    const busyAbove = () => {
      const turn = element.contains(document.activeElement) && document.activeElement.closest(".message, .turn-editor");
      return turn && turn !== [...element.querySelectorAll(".message, .turn-editor")].at(-1);
    };
    const grown = () => {
      if (atEnd && (following || once) && !busyAbove()) toEnd();
      if (element.querySelector("[aria-busy=true]")) once = false;
      place();
    };
    new MutationObserver(grown).observe(element, { childList: true, subtree: true, characterData: true });
    new ResizeObserver(grown).observe(element);
    followed.set(element, { jump: () => { atEnd = once = true; toEnd(); } });
    toEnd();
    place();
  };

  const jump = () => document.querySelectorAll("[data-follow-end]").forEach(element => followed.get(element)?.jump());
  const show = () => document.querySelectorAll("[data-follow-toggle]").forEach(button => {
    if (button.getAttribute("aria-pressed") !== String(following)) button.setAttribute("aria-pressed", String(following));
  });

  document.addEventListener("click", event => {
    if (event.target.closest?.("[data-jump-end]")) jump();
    if (!event.target.closest?.("[data-follow-toggle]")) return;
    following = !following;
    if (following) localStorage.removeItem(off);
    else localStorage.setItem(off, "1");
    show();
    if (following) jump();
  });
  document.addEventListener("juxta-sent", jump);

  const look = () => {
    document.querySelectorAll("[data-follow-end]").forEach(follow);
    show();
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  look();
}
