// The Rate page: how long a pair was in view, the browser's clock and the vote's own id travel with a verdict as the event "vote". A verdict that is pressed before the page is
// live, or while the line is lost, is held and goes as soon as somebody can take it. A field with data-leaves is left with Esc.
"use strict";
{
  Blazor.registerCustomEventType("vote", { browserEventName: "vote", createEventArgs: event => event.detail });

  const prefix = "juxta.spent.", waiting = "juxta.held";
  let showing = null, last = null, spent = 0, since = null, held = JSON.parse(sessionStorage.getItem(waiting) ?? "null");

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
    // Going live draws the page anew: the pair goes and comes back.
    keep();
    if (now !== null && last !== null && last !== now) localStorage.removeItem(prefix + last);
    showing = now;
    last = now ?? last;
    spent = ballot ? Math.max(Number(ballot.dataset.spent) || 0, Number(localStorage.getItem(prefix + showing)) || 0) : 0;
    since = document.hidden ? null : performance.now();
    if (ballot) scrollTo(0, 0);
  };

  const live = () => document.querySelector("[data-interactive=yes]") && !juxta.offline();
  const send = (ballot, vote) => ballot.dispatchEvent(new CustomEvent("vote", { bubbles: true, detail: vote }));
  const handOver = () => {
    const ballot = document.querySelector("[data-showing]");
    if (!held || !ballot || !live()) return;
    const vote = held;
    hold(null);
    if (ballot.dataset.showing === vote.showing) send(ballot, vote);
  };
  const hold = (vote, button) => {
    held = vote;
    // A server that was started anew makes the page load again.
    if (vote) sessionStorage.setItem(waiting, JSON.stringify(vote));
    else sessionStorage.removeItem(waiting);
    for (const other of document.querySelectorAll(".verdict.held")) other.classList.remove("held");
    button?.classList.add("held");
  };

  const look = () => {
    follow();
    handOver();
  };
  look();
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-showing", "data-interactive"] });
  const reconnect = document.getElementById("components-reconnect-modal");
  if (reconnect) new MutationObserver(handOver).observe(reconnect, { attributes: true, attributeFilter: ["class"] });
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
    if (held && event.target.closest?.(".undo")) hold(null);
    const button = event.target.closest?.("[data-verdict]");
    const ballot = button?.closest("[data-showing]");
    if (!ballot) return;
    const vote = { id: id(), showing: ballot.dataset.showing, verdict: button.dataset.verdict, spent: running(), sentAt: Date.now() };
    if (live()) send(ballot, vote);
    else hold(vote, button);
  });

  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && !event.isComposing && event.target.matches?.("[data-leaves]")) event.target.blur();
  });
}
