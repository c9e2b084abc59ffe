// What keeps a page from being read: returns one line per fault.
() => {
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}`);

  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const paint = (below, color) => {
    pen.fillStyle = `rgb(${below.join(" ")})`;
    pen.fillRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const ground = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(getComputedStyle(at).backgroundColor);
    return layers.reverse().reduce(paint, [255, 255, 255]);
  };
  const light = color => color.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("svg, script, option, :disabled, .visually-hidden")) continue;
    const own = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE).map(node => node.data.trim()).join("") || element.value || element.placeholder;
    if (!own || element.type === "range" || element.type === "checkbox") continue;
    const below = ground(element);
    const ratio = contrast(paint(below, getComputedStyle(element, element.value || !element.placeholder ? null : "::placeholder").color), below);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: "${own.slice(0, 40)}"`);
  }

  for (const control of document.querySelectorAll("input:not([type=hidden]), textarea, select, button, a[href], progress")) {
    const name = control.getAttribute("aria-label") || [...(control.labels ?? [])].map(label => label.textContent).join("") || (control.matches("button, a") ? control.textContent : "");
    if (!name.trim()) faults.push(`no name: ${control.outerHTML.slice(0, 120)}`);
  }
  for (const id of new Set([...document.querySelectorAll("[id]")].map(element => element.id))) {
    if (document.querySelectorAll(`[id="${CSS.escape(id)}"]`).length > 1) faults.push(`id ${id} is given twice`);
  }
  return faults;
}
