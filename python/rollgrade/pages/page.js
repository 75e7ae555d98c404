"use strict";
// What stands in a chart is said by its marks' labels; a title shows it under the pointer.
for (const part of document.querySelectorAll("figure svg [role='graphics-symbol'][aria-label]")) {
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = part.getAttribute("aria-label");
  part.append(title);
}
for (const form of document.querySelectorAll("form.filters")) {
  const cards = [...document.getElementById(form.dataset.for).querySelectorAll(".card")];
  const texts = cards.map((card) => card.textContent.toLowerCase());
  const filter = () => {
    const failed = form.elements.failed ? form.elements.failed.value : "";
    const step = form.elements.step ? form.elements.step.value : "";
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    cards.forEach((card, i) => {
      const fits = (!failed || card.dataset.failed.split(" ").includes(failed)) &&
        (!step || card.dataset.step === step) && words.every((word) => texts[i].includes(word));
      card.hidden = !fits;
      shown += fits;
    });
    form.querySelector("output").textContent = `${shown} of ${cards.length} shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}
