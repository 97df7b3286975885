// On a narrow screen each day of the weekly grid is one line that says its hours, until somebody
// taps it: fourteen fields and seven bars are long on a telephone. What is folded is sent all the
// same. A day with something to correct, or from which one goes on, is unfolded.

class Fold {
  constructor(fieldset, tool, words) {
    this.fieldset = fieldset;
    this.words = words;
    this.button = tool.cloneNode(true);
    this.label = this.button.querySelector("span");
    this.button.querySelector(".hidden-text").textContent = fieldset.dataset.day;
    this.button.addEventListener("click", () => this.fold(!this.isFolded));
    fieldset.querySelector("legend").after(this.button);
    this.fold(!fieldset.querySelector("[aria-invalid], [autofocus]"));
  }

  get isFolded() {
    return this.fieldset.classList.contains("folded");
  }

  fold(folded) {
    this.fieldset.classList.toggle("folded", folded);
    this.button.setAttribute("aria-expanded", !folded);
    this.label.textContent = folded ? this.hours() : "";
  }

  hours() {
    const texts = [...this.fieldset.querySelectorAll(".pair")].map((pair) => {
      const [opens, closes] = [...pair.querySelectorAll(":scope > input")].map((each) => each.value);
      const text = opens || closes ? `${opens}–${closes}` : "";
      const visit = pair.querySelector("input[type=checkbox]:checked");
      return text && visit ? this.words.visit.replace("{hours}", text) : text;
    });
    return texts.filter(Boolean).join(", ") || this.words.empty;
  }
}

const tool = document.getElementById("day-fold").content.firstElementChild;
const folds = [];
for (const week of document.querySelectorAll(".week")) {
  for (const day of week.querySelectorAll(".day")) folds.push(new Fold(day, tool, week.dataset));
}
const again = () => folds.forEach((each) => each.fold(each.isFolded));
matchMedia("(max-width: 40rem)").addEventListener("change", again);
window.addEventListener("pageshow", again); // a browser may fill fields in again
