// What is on the screen for a short time: a code that is worth money.
//
//   <div data-shown-for="60">        seconds; also gone when the page is left, for whoever comes back
//     <button data-hide hidden>      hides it at once; without this script it stays hidden itself
//     <template>                     stands there afterwards
//   </div>

function hide(element) {
  const held = element.contains(document.activeElement);
  element.replaceChildren(element.querySelector("template").content);
  delete element.dataset.shownFor;
  window.htmx?.process(element);
  if (held) element.querySelector("button")?.focus();
}

function begin() {
  for (const element of document.querySelectorAll("[data-shown-for]:not([data-hiding])")) {
    element.dataset.hiding = "";
    element.querySelector("[data-hide]").hidden = false;
    setTimeout(() => {
      if (element.dataset.shownFor) hide(element);
    }, element.dataset.shownFor * 1000);
  }
}

begin();
document.addEventListener("htmx:afterSettle", begin);
document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-hide]")?.closest("[data-shown-for]");
  if (element) hide(element);
});
// A browser may keep the page as it is, to go back to.
window.addEventListener("pagehide", () => {
  for (const element of document.querySelectorAll("[data-shown-for]")) hide(element);
});
