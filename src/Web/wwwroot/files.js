// data-drops-into: files that are dropped there go to the file field with that id, as if they had been chosen in it.
"use strict";
{
  const zone = event => [...(event.dataTransfer?.types ?? [])].includes("Files") ? event.target.closest?.("[data-drops-into]") : null;
  const mark = over => document.querySelectorAll("[data-drops-into]").forEach(element => element.classList.toggle("dropping", element === over));
  document.addEventListener("dragover", event => {
    const over = zone(event);
    if (!over) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    mark(over);
  });
  document.addEventListener("dragleave", event => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", event => {
    const over = zone(event);
    mark(null);
    if (!over) return;
    event.preventDefault();
    const field = document.getElementById(over.dataset.dropsInto);
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
