// The rota, filled by dragging: a shift to another day or person, for that day alone; what is
// lacking onto a person; a name onto what is lacking. By keyboard, or by tapping, the handle of
// a shift picks it up. Links and forms of the page do all the same, so nothing here is needed.

import { draggable } from "./drag.js";

const words = document.getElementById("rota-words").dataset;
const live = document.getElementById("rota-live");
const table = document.querySelector("table.rota");
const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

let picked = null; // what is being moved
let target = null; // where it would be put

// Something that can be put somewhere: where `place` says, of what lies below the pointer.
class Thing {
  constructor(element, text, place, put) {
    Object.assign(this, { element, text, place, put });
  }

  pick() {
    leave();
    picked = this;
    this.element.classList.add("picked");
  }

  over(below) {
    aim(below && this.place(below));
  }

  drop() {
    put(target);
  }

  leave() {
    leave();
  }
}

function aim(place) {
  target?.classList.remove("target");
  target = place ?? null;
  if (!target) return;
  target.classList.add("target");
  const { name, label } = target.dataset;
  const where = name ? `${name}, ${label}` : target.querySelector("strong").textContent;
  live.textContent = words.over.replace("{where}", where);
}

function leave() {
  picked?.element.classList.remove("picked");
  aim(null);
  picked = null;
}

function put(place) {
  const thing = picked;
  leave();
  if (place && !place.contains(thing.element)) thing.put(place);
  else live.textContent = words.left;
}

function post(action, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of fields) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function move(shift, { day, person }) {
  const { starts, ends } = shift.dataset;
  const fields = { day: shift.closest("td").dataset.day, new_day: day, person, starts, ends };
  post(`/rota/shifts/${shift.dataset.shift}`, Object.entries({ ...fields, reach: "day" }));
}

// Put a person where somebody is missing: as their link there does, or else for all of it.
function fill(gap, person) {
  const links = [...gap.querySelectorAll(".helpers a")].map((link) => new URL(link.href));
  const theirs = links.find((link) => link.searchParams.get("person") === person);
  const { pathname, searchParams } = theirs ?? new URL(gap.dataset.add, location);
  searchParams.set("person", person);
  post(pathname, searchParams);
}

// The next cell in a direction into which a shift may be put, or none.
function next(cell, [down, right]) {
  const rows = [...table.tBodies[0].rows];
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += right;
    const found = rows[row]?.cells[column];
    if (!found || column === 0) return null;
    if ("open" in found.dataset) return found;
  }
}

// What a finger drags by; the links beside it are the way without a pointer.
function grip(element) {
  const handle = document.createElement("span");
  handle.className = "handle";
  element.prepend(handle);
}

for (const shift of table.querySelectorAll("[data-shift]")) {
  const link = shift.querySelector("a");
  const handle = document.createElement("button");
  handle.type = "button";
  handle.className = "handle";
  handle.setAttribute("aria-label", words.handle.replace("{what}", link.textContent));
  shift.prepend(handle);
  const thing = new Thing(
    shift,
    link.firstChild.textContent,
    (below) => below.closest("td[data-open]"),
    (cell) => move(shift, cell.dataset),
  );
  draggable(shift, thing);

  handle.addEventListener("click", () => {
    if (picked === thing) return put(target);
    thing.pick();
    live.textContent = words.picked;
  });
  handle.addEventListener("keydown", (event) => {
    if (picked !== thing) return;
    if (event.key === "Escape") {
      leave();
      live.textContent = words.left;
    } else if (event.key in steps) {
      event.preventDefault();
      const cell = next(target ?? shift.closest("td"), steps[event.key]);
      if (cell) aim(cell);
    }
  });
}

const gaps = document.querySelectorAll("li[data-add]");
for (const gap of gaps) {
  const line = gap.querySelector(".led");
  const day = new URL(gap.dataset.add, location).searchParams.get("day");
  const cell = (below) => below.closest("tbody tr")?.querySelector(`[data-day="${day}"]`);
  grip(line);
  draggable(
    line,
    new Thing(line, line.querySelector("strong").textContent, cell, ({ dataset }) => {
      fill(gap, dataset.person);
    }),
  );
}

for (const name of gaps.length ? table.querySelectorAll("th .led") : []) {
  const { person } = name.parentElement.nextElementSibling.dataset;
  const text = name.textContent;
  grip(name);
  draggable(
    name,
    new Thing(name, text, (below) => below.closest("li[data-add]"), (gap) => fill(gap, person)),
  );
}

table.addEventListener("click", (event) => {
  const cell = event.target.closest("td[data-open]");
  if (cell && picked && !event.target.closest("a, button")) put(cell);
});

for (const hint of document.querySelectorAll(".drag-hint")) hint.hidden = false;
