// .answer-tokens: a click or an arrow key chooses a token; the page's server learns its index as the event "tokenpick".
"use strict";
{
  Blazor.registerCustomEventType("tokenpick", { browserEventName: "tokenpick", createEventArgs: event => ({ index: event.detail }) });

  const pick = token => {
    const tokens = token.closest(".answer-tokens");
    tokens.querySelector(".picked")?.classList.remove("picked");
    token.classList.add("picked");
    token.scrollIntoView({ block: "nearest" });
    tokens.dispatchEvent(new CustomEvent("tokenpick", { bubbles: true, detail: Number(token.dataset.token) }));
  };

  document.addEventListener("click", event => {
    const token = event.target.closest?.(".answer-tokens [data-token]");
    if (token) pick(token);
  });

  // Before the page's own keys: inside a token view the arrows are its.
  document.addEventListener("keydown", event => {
    if (!event.target.matches?.(".answer-tokens") || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = event.target.querySelector(".picked");
    const all = () => event.target.querySelectorAll("[data-token]");
    const to = {
      ArrowRight: () => at ? at.nextElementSibling : all()[0],
      ArrowLeft: () => at ? at.previousElementSibling : [...all()].at(-1),
      Home: () => all()[0],
      End: () => [...all()].at(-1),
    }[event.key];
    if (!to) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const token = to();
    if (token) pick(token);
  }, true);
}
