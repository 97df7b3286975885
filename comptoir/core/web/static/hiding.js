// What is on the screen for a short time: a code that is worth money.
//
//   <div data-shown-for="60">        seconds; also gone when the page is left, for whoever comes back
//                                     with data-while-touched, of no key and no touch: a slow reader has time
//     <button data-hide hidden>      hides it at once; without this script it stays hidden itself
//     <template>                     stands there afterwards
//   </div>

const timers = new WeakMap();

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
    wait(element);
  }
}

function wait(element) {
  clearTimeout(timers.get(element));
  const timer = setTimeout(() => {
    if (element.isConnected && element.dataset.shownFor) hide(element);
  }, element.dataset.shownFor * 1000);
  timers.set(element, timer);
}

begin();
document.addEventListener("htmx:afterSettle", begin);
document.addEventListener("click", (event) => {
  const element = event.target.closest("[data-hide]")?.closest("[data-shown-for]");
  if (element) hide(element);
});
for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, () => {
    for (const element of document.querySelectorAll("[data-shown-for][data-while-touched]")) wait(element);
  });
}
// A browser may keep the page as it is, to go back to.
window.addEventListener("pagehide", () => {
  for (const element of document.querySelectorAll("[data-shown-for]")) hide(element);
});
