// The Rate page: how long a pair was in view, the browser's clock and the vote's own id travel with a verdict as the event "vote". A field with data-leaves is left with Esc.
"use strict";
{
  Blazor.registerCustomEventType("vote", { browserEventName: "vote", createEventArgs: event => event.detail });

  const prefix = "juxta.spent.";
  let showing = null, spent = 0, since = null;

  const running = () => spent + (since === null ? 0 : performance.now() - since);
  const keep = () => {
    if (showing === null) return;
    try {
      localStorage.setItem(prefix + showing, String(Math.round(running())));
    } catch {
      // A closed store only means that a reload begins to count anew.
    }
  };
  const follow = () => {
    const ballot = document.querySelector("[data-showing]");
    const now = ballot?.dataset.showing ?? null;
    if (now === showing) return;
    if (showing !== null) localStorage.removeItem(prefix + showing);
    showing = now;
    spent = ballot ? Math.max(Number(ballot.dataset.spent) || 0, Number(localStorage.getItem(prefix + showing)) || 0) : 0;
    since = document.hidden ? null : performance.now();
    if (ballot) scrollTo(0, 0);
  };
  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-showing"] });
  document.addEventListener("visibilitychange", () => {
    [spent, since] = document.hidden ? [running(), null] : [spent, performance.now()];
    keep();
  });
  addEventListener("pagehide", keep);
  setInterval(keep, 5000);

  // randomUUID is not there on plain http.
  const id = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return [...bytes].map((byte, i) => ([4, 6, 8, 10].includes(i) ? "-" : "") + byte.toString(16).padStart(2, "0")).join("");
  };

  document.addEventListener("click", event => {
    const button = event.target.closest?.("[data-verdict]");
    const ballot = button?.closest("[data-showing]");
    if (!ballot) return;
    ballot.dispatchEvent(new CustomEvent("vote", { bubbles: true, detail: { id: id(), showing: ballot.dataset.showing, verdict: button.dataset.verdict, spent: running(), sentAt: Date.now() } }));
  });

  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && !event.isComposing && event.target.matches?.("[data-leaves]")) event.target.blur();
  });
}
