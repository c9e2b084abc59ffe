// Text that somebody is typing belongs to the browser until the server has taken it: no reload, lost line or restart of the server loses it.
"use strict";
{
  const prefix = "juxta.draft.";
  const shown = new WeakMap(); // field → the name of the draft in it
  const sent = new WeakMap(); // field → text that the server was given and has not confirmed yet

  const load = name => localStorage.getItem(prefix + name) ?? "";
  const store = (name, text) => {
    try {
      if (text) localStorage.setItem(prefix + name, text);
      else localStorage.removeItem(prefix + name);
    } catch {
      // The browser's store is full or closed to us; the field itself still has the text.
    }
  };
  const fill = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const fieldOf = name => document.querySelector(`[data-draft="${CSS.escape(name)}"]`);

  document.addEventListener("input", event => {
    if (event.target.matches?.("[data-draft]")) store(event.target.dataset.draft, event.target.value);
  });

  // data-draft: the name under which a field's text is kept. Another name is another text, unless data-draft-was says that only the name is new.
  const watch = field => {
    const name = field.dataset.draft;
    const before = shown.get(field);
    if (before === name) return;
    shown.set(field, name);
    if (before !== undefined && field.dataset.draftWas === before) {
      store(before, "");
      store(name, field.value);
    } else {
      const text = load(name);
      if (text ? text !== field.value : before !== undefined && field.value) fill(field, text);
    }
  };

  // data-taken: counts what the server took from the field. Only that is cleared: what was typed meanwhile stays, and is sent if Enter followed it.
  const taken = new WeakMap();
  const confirm = field => {
    const count = field.dataset.taken;
    if (taken.get(field) === count) return;
    const known = taken.has(field);
    taken.set(field, count);
    const given = sent.get(field);
    sent.delete(field);
    if (!known || given === undefined) return;
    if (field.value.startsWith(given.text)) field.value = field.value.slice(given.text.length).replace(/^\n/, "");
    store(field.dataset.draft, field.value);
    if (given.again && field.value.trim()) field.form.requestSubmit();
  };

  const offline = () => /components-reconnect-(show|failed)/.test(document.getElementById("components-reconnect-modal")?.className ?? "");

  // Hands the fields of a form to the server. False where that has to wait or there is nothing to hand over.
  const hand = form => {
    const box = form.querySelector("[data-taken]");
    if (!box.value.trim() || offline()) return false;
    const given = sent.get(box);
    if (given) {
      given.again ||= box.value !== given.text;
      return false;
    }
    for (const field of form.querySelectorAll("[data-draft]")) field.dispatchEvent(new Event("change", { bubbles: true }));
    sent.set(box, { text: box.value, again: false });
    return true;
  };
  for (const kind of ["submit", "click"]) {
    document.addEventListener(kind, event => {
      const form = kind === "submit" ? event.target : event.target.closest?.("[data-takes-draft]")?.form;
      if (!form?.querySelector?.("[data-taken]") || hand(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }
  const reconnect = document.getElementById("components-reconnect-modal");
  if (reconnect) {
    // What was given while the line broke may not have arrived: the field still has it, and can be sent again.
    new MutationObserver(() => {
      if (!offline()) for (const field of document.querySelectorAll("[data-taken]")) sent.delete(field);
    }).observe(reconnect, { attributes: true, attributeFilter: ["class"] });
  }

  // data-unstored: text that only the server's memory holds. A server that was started anew (data-server) has forgotten it: then it becomes a draft again.
  const mirrored = "juxta.unstored.";
  let last = "";
  const mirror = () => {
    const form = document.querySelector("[data-server]");
    const name = form?.querySelector("[data-taken]")?.dataset.draft;
    if (!name || !document.querySelector("[data-interactive=yes]")) return;
    const server = form.dataset.server;
    const kept = JSON.parse(localStorage.getItem(mirrored + name) ?? "null");
    if (kept && kept.server !== server) {
      localStorage.removeItem(mirrored + name);
      juxta.putBack(name, kept.texts.join("\n"));
    }
    const texts = [...document.querySelectorAll("[data-unstored]")].map(element => element.textContent);
    const now = name + JSON.stringify(texts);
    if (now === last) return;
    last = now;
    try {
      if (texts.length) localStorage.setItem(mirrored + name, JSON.stringify({ server, texts }));
      else localStorage.removeItem(mirrored + name);
    } catch {
      // As above.
    }
  };

  window.juxta = {
    ...window.juxta,

    // Text that could not be sent comes before what is in the field by now.
    putBack(name, text) {
      const field = fieldOf(name);
      const there = field ? field.value : load(name);
      const all = there ? `${text}\n${there}` : text;
      store(name, all);
      if (field) field.value = all;
    },

    forgetDraft(name) {
      store(name, "");
      const field = fieldOf(name);
      if (field) field.value = "";
    },
  };

  const look = () => {
    for (const field of document.querySelectorAll("[data-draft]")) watch(field);
    for (const field of document.querySelectorAll("[data-taken]")) confirm(field);
    mirror();
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-draft", "data-taken", "data-interactive"] });
  look();
}
