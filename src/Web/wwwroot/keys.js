// data-key: a key that presses this control while no field has the focus. Of several controls, that of the turn with the focus, else the last one.
"use strict";
{
  const off = "juxta.no-single-keys";
  const single = () => localStorage.getItem(off) === null;
  const visible = element => element.checkVisibility({ visibilityProperty: true });
  const inField = target => target.closest?.("input:not([type=checkbox], [type=button]), textarea, select, [contenteditable=true]");
  const turns = () => [...document.querySelectorAll(".messages .message[tabindex]")];
  const turnOf = element => element?.closest?.("[data-turn]");

  const control = (key, from) => {
    const all = root => [...root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(visible);
    return (turnOf(from) && all(turnOf(from))[0]) || all(document).at(-1);
  };

  const press = element => {
    if (element.matches("input, textarea")) element.focus();
    else if (element.getAttribute("aria-disabled") !== "true") element.click();
  };

  const move = by => {
    const all = turns();
    if (!all.length) return;
    const at = all.indexOf(turnOf(document.activeElement));
    const next = all[at < 0 ? all.length - 1 : Math.min(Math.max(at + by, 0), all.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const fixed = {
    j: () => move(1),
    k: () => move(-1),
    m: () => document.getElementById("message")?.focus(),
  };

  document.addEventListener("keydown", event => {
    const { key, target } = event;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.altKey) {
      if (key === "Enter" && target.matches?.("[data-enter-sends]")) {
        event.preventDefault();
        target.form.querySelector("[data-alt-enter]:not(:disabled)")?.click();
      }
      return;
    }
    const arrow = key === "ArrowLeft" || key === "ArrowRight";
    if (inField(target) ? !(arrow && target.id === "message" && !target.value) : target.closest?.("[role=tree]") && key.startsWith("Arrow")) return;
    if (!arrow && (key.length > 1 || !single())) return;
    if (event.repeat && !arrow && key !== "j" && key !== "k") return;
    const found = control(key, inField(target) ? null : target) ?? (key === "/" ? document.querySelector("input[type=search]") : null);
    if (!found && !Object.hasOwn(fixed, key)) return;
    event.preventDefault();
    if (found) press(found);
    else fixed[key]();
  });

  // data-ctrl-enter-submits: in a field whose Enter breaks the line.
  document.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || !event.target.matches?.("[data-ctrl-enter-submits]")) return;
    event.preventDefault();
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
    event.target.form.requestSubmit();
  });

  // data-escape-clicks: Esc presses that button: the one of the form with the focus, else what lies on top, which comes last.
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const button = event.target.closest?.("form")?.querySelector("[data-escape-clicks]") ?? [...document.querySelectorAll("[data-escape-clicks]")].filter(visible).at(-1);
    if (button) button.click();
    else if (event.target.id === "message") document.querySelector("[data-follow-end]")?.focus();
  });

  // A tree: up and down, Home and End, left to the parent, right to the first child. Enter is the button's own.
  document.addEventListener("keydown", event => {
    const item = event.target.closest?.("[role=tree] [role=treeitem]");
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    const items = [...item.closest("[role=tree]").querySelectorAll("[role=treeitem]")];
    const at = items.indexOf(item);
    const level = other => Number(other.ariaLevel);
    const next = {
      ArrowDown: () => items[at + 1],
      ArrowUp: () => items[at - 1],
      Home: () => items[0],
      End: () => items.at(-1),
      ArrowLeft: () => items.slice(0, at).findLast(other => level(other) < level(item)),
      ArrowRight: () => items.slice(at + 1).find((other, i, after) => level(other) > level(item) && after.slice(0, i).every(between => level(between) === level(item))),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    next()?.focus();
  });

  // data-opens, data-closes: dialogs by id. A click on what lies around one closes it too.
  document.addEventListener("click", event => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    const closer = event.target.closest?.("[data-closes]");
    if (closer) document.getElementById(closer.dataset.closes)?.close();
    if (event.target.matches?.("dialog[open]")) event.target.close();
  });
  document.addEventListener("change", event => {
    if (!event.target.matches?.("[data-single-keys]")) return;
    if (event.target.checked) localStorage.removeItem(off);
    else localStorage.setItem(off, "1");
  });
  document.addEventListener("toggle", event => {
    const box = event.target.querySelector?.("[data-single-keys]");
    if (box) box.checked = single();
  }, true);

  // The turn with the focus may be replaced: by another version, by the answer that begins in its place. Its successor takes the focus over.
  let turn;
  document.addEventListener("focusin", event => { turn = turnOf(event.target)?.dataset.turn ?? null; });
  document.addEventListener("focusout", event => queueMicrotask(() => {
    if (event.target.isConnected && document.activeElement === document.body) turn = null;
  }));
  new MutationObserver(() => {
    if (turn == null || document.activeElement !== document.body) return;
    const successor = turns().find(other => other.dataset.turn === turn);
    if (successor) successor.focus({ preventScroll: true });
  }).observe(document.documentElement, { childList: true, subtree: true });

  window.juxta = { ...window.juxta, covered: () => getComputedStyle(document.querySelector(".branches") ?? document.body).position === "fixed" };
}
