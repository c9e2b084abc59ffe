// What the text of an answer gets in the browser once it is drawn: colours for code, formulas, the copy buttons of code blocks. Only what is finished
// (not inside .open) and near the window is touched. The two libraries are loaded when the first code or formula comes into view; where the build had no npm
// they are absent, and code stays plain and formulas stay TeX.
"use strict";
(() => {
  const { highlight, katex: katexFolder } = document.currentScript.dataset;
  const longestCode = 50_000;
  const longestFormula = 4_000;

  // Definitions multiply: a few short lines of them expand to gigabytes. Ordinary formulas need none.
  const defines = /\\(?:[gex]?def|let|futurelet|(?:re|provide)?newcommand|newenvironment|global|long|expandafter|noexpand|csname)(?![a-zA-Z])/;

  const scripts = new Map();
  const load = address => {
    if (!scripts.has(address)) {
      scripts.set(address, new Promise((loaded, failed) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = loaded;
        script.onerror = failed;
        document.head.append(script);
      }));
    }
    return scripts.get(address);
  };

  const colour = async code => {
    const language = [...code.classList].find(name => name.startsWith("language-"))?.slice("language-".length);
    const text = code.textContent;
    if (!highlight || !language || text.length > longestCode) return;
    await load(highlight);
    if (!hljs.getLanguage(language) || !code.isConnected) return;
    code.innerHTML = hljs.highlight(text, { language, ignoreIllegals: true }).value;
  };

  // KaTeX writes some styles as attributes, which the page's content security policy forbids; as properties they are allowed.
  const withStyleProperties = work => {
    const { setAttribute } = Element.prototype;
    Element.prototype.setAttribute = function (name, value) {
      if (name === "style") this.style.cssText = value;
      else setAttribute.call(this, name, value);
    };
    try {
      work();
    } finally {
      Element.prototype.setAttribute = setAttribute;
    }
  };

  const setFormula = async code => {
    const tex = code.textContent;
    if (!katexFolder || tex.length > longestFormula || defines.test(tex)) return;
    if (!scripts.has(katexFolder + "katex.min.js")) {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = katexFolder + "katex.min.css";
      document.head.append(style);
    }
    await load(katexFolder + "katex.min.js");
    if (!code.isConnected) return;
    const formula = document.createElement("span");
    try {
      withStyleProperties(() => katex.render(tex, formula, {
        displayMode: code.classList.contains("display"), throwOnError: true, trust: false, strict: "ignore", maxSize: 10, maxExpand: 200,
      }));
      code.replaceChildren(formula);
      code.classList.add("typeset");
    } catch (error) {
      code.title = error.message;
    }
  };

  // A little at a time, so that a page of many formulas can be scrolled while they are set.
  const waiting = new Set();
  let working = false;
  const work = async () => {
    if (working) return;
    working = true;
    while (waiting.size > 0) {
      const begun = performance.now();
      for (const code of waiting) {
        waiting.delete(code);
        await (code.classList.contains("math") ? setFormula(code) : colour(code)).catch(() => { });
        if (performance.now() - begun > 8) break;
      }
      await new Promise(resume => setTimeout(resume, 16));
    }
    working = false;
  };

  const near = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      waiting.add(target);
    }
    work();
  }, { rootMargin: "400px" });

  // data-thinking: an answer is thinking there. Whoever opens such a thought sees the next ones open too, while they are written; afterwards they fold.
  const openThoughts = "juxta.thoughts";
  const opened = new WeakSet();
  const showThought = thought => {
    if (!thought.matches("[data-thinking]") || localStorage.getItem(openThoughts) === null) return;
    opened.add(thought);
    thought.open = true;
  };
  document.addEventListener("click", event => {
    const thought = event.target.closest?.("summary")?.parentElement;
    if (!thought?.matches("[data-thinking]")) return;
    if (thought.open) localStorage.removeItem(openThoughts);
    else localStorage.setItem(openThoughts, "1");
    opened.delete(thought);
  });
  new MutationObserver(records => {
    for (const { target } of records) if (opened.has(target) && !target.matches("[data-thinking]")) target.open = false;
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-thinking"], subtree: true });

  const wanted = "code.math:not(.typeset), code[class^='language-']";
  const watch = root => {
    if (root.closest(".open")) return;
    if (root.matches("details")) showThought(root);
    for (const thought of root.querySelectorAll("[data-thinking]")) showThought(thought);
    if (root.matches(wanted)) near.observe(root);
    for (const code of root.querySelectorAll(wanted)) if (!code.closest(".open")) near.observe(code);
  };
  new MutationObserver(records => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) watch(node);
  }).observe(document.documentElement, { childList: true, subtree: true });
  watch(document.documentElement);

  // data-copy-code: the text of the code block that the button belongs to.
  document.addEventListener("click", async event => {
    const button = event.target.closest?.("[data-copy-code]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.closest(".code").querySelector("pre").textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
})();
