// Text that somebody is typing belongs to the browser until the server has taken it: no reload, lost line or restart of the server loses it.
"use strict";
{
  const prefix = "juxta.draft.";
  const shown = new WeakMap(); // field → the name of the draft in it

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
    const form = event.target.closest?.("[data-sends]");
    if (form && event.target === boxOf(form)) keep(form);
    else if (event.target.matches?.("[data-draft]")) store(event.target.dataset.draft, event.target.value);
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

  // A message box, form[data-sends]: Enter empties it at once and its text joins those on their way. The server is given one at a time, in a hidden field and by
  // a hidden button (data-hands: data-sends of the form or data-by of another button names it), and tells that it took it by counting on (data-taken). Until then the
  // text is part of the draft.
  const outgoing = new WeakMap(); // form → { texts, given: whether the server has the first, taken: its count, last: the text given last, later: to be pressed when the line is back }

  const boxOf = form => form.querySelector("[data-box]");
  const courierOf = form => form.querySelector("[data-taken]");
  const stateOf = form => {
    if (!outgoing.has(form)) outgoing.set(form, { texts: [], given: false, taken: courierOf(form).dataset.taken, last: "", later: null });
    return outgoing.get(form);
  };
  const keep = form => store(boxOf(form).dataset.draft, [...stateOf(form).texts.map(({ text }) => text), boxOf(form).value].filter(Boolean).join("\n"));
  const offline = () => /components-reconnect-(show|failed)/.test(document.getElementById("components-reconnect-modal")?.className ?? "");

  const putBackAll = form => {
    const state = stateOf(form);
    boxOf(form).value = [...state.texts.map(({ text }) => text), boxOf(form).value].filter(Boolean).join("\n");
    state.texts = [];
    state.given = false;
  };

  const give = form => {
    const state = stateOf(form);
    if (state.given || !state.texts.length) return;
    const { text, by } = state.texts[0];
    const courier = courierOf(form);
    courier.value = state.last = text;
    for (const field of [courier, ...form.querySelectorAll("[data-draft]:not([data-box])")]) field.dispatchEvent(new Event("change", { bubbles: true }));
    state.given = true;
    form.querySelector(`[data-hands="${by}"]`).click();
  };

  const confirm = form => {
    const state = stateOf(form);
    const count = courierOf(form).dataset.taken;
    if (state.taken === count) return;
    state.taken = count;
    if (state.given) {
      state.texts.shift();
    } else {
      // It had been put back, as it seemed lost with the line.
      const box = boxOf(form);
      if (state.last && box.value.startsWith(state.last)) box.value = box.value.slice(state.last.length).replace(/^\n/, "");
    }
    state.given = false;
    state.last = "";
    keep(form);
    give(form);
  };

  for (const kind of ["submit", "click"]) {
    document.addEventListener(kind, event => {
      const button = kind === "click" ? event.target.closest?.("[data-by]") : null;
      const form = kind === "submit" ? event.target : button?.form;
      if (!form?.matches?.("[data-sends]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const box = boxOf(form);
      if (!box.value.trim()) return;
      const state = stateOf(form);
      state.later = offline() ? button ?? form : null;
      if (state.later) return;
      state.texts.push({ text: box.value, by: button?.dataset.by ?? form.dataset.sends });
      box.value = "";
      keep(form);
      document.dispatchEvent(new Event("juxta-sent"));
      give(form);
    }, true);
  }

  const reconnect = document.getElementById("components-reconnect-modal");
  if (reconnect) {
    // Back on the line. What was given while it broke may not have arrived: it goes back into the box. What was meant to go meanwhile goes now.
    new MutationObserver(() => {
      if (offline()) return;
      for (const form of document.querySelectorAll("[data-sends]")) {
        const state = stateOf(form);
        const later = state.later;
        state.later = null;
        if (state.given) putBackAll(form);
        else if (later) later === form ? form.requestSubmit() : later.click();
      }
    }).observe(reconnect, { attributes: true, attributeFilter: ["class"] });
  }

  // data-unstored: text that only the server's memory holds. A server that was started anew (data-server) has forgotten it: then it becomes a draft again.
  const mirrored = "juxta.unstored.";
  let last = "";
  const mirror = () => {
    const form = document.querySelector("[data-server]");
    const name = form?.querySelector("[data-box]")?.dataset.draft;
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

    // The line to the server is lost.
    offline,

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
    for (const form of document.querySelectorAll("[data-sends]")) confirm(form);
    mirror();
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["data-draft", "data-taken", "data-interactive"] });
  look();
}
