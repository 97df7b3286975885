// A bar for each day of the weekly grid, in which hours are painted, moved, made longer or
// shorter: by dragging, or with the arrow keys on either end. The fields below it are the
// truth, and what is sent; the bars are drawn from them after every change of either.

import { Pair, element } from "./day-pair.js";
import * as spans from "./day-spans.js";

const MOST = 6; // pairs of fields of a day, as week_form.py reads them
const NEAR = 12; // pixels from an end at which it is the end that is dragged
const MOVED = 4; // pixels after which a press is a drag

class Bar {
  constructor(grid, fieldset, week) {
    this.grid = grid;
    this.day = fieldset.dataset.day;
    this.week = week;
    this.hours = fieldset.querySelector(".hours");
    this.line = element("bar-line", this.hours);
    this.hours.prepend(this.line);
    const inner = element("bar-day", this.line);
    this.ruler = element("ruler", inner);
    this.ruler.setAttribute("aria-hidden", "true");
    this.track = element("track", inner);
    this.track.addEventListener("pointerdown", (event) => this.press(event));
    this.track.addEventListener("pointermove", (event) => {
      if (event.buttons) return; // what is being dragged keeps its sign
      const { pair, end } = this.grip(event);
      this.track.dataset.grip = end ? "end" : pair ? "hours" : "";
    });
    this.pairs = [...fieldset.querySelectorAll(".pair")].map((fields) => new Pair(this, fields));
    fieldset.addEventListener("input", () => grid.draw());
    const add = grid.tool("add");
    add.querySelector(".hidden-text").textContent = grid.words.add.replace("{day}", this.day);
    add.addEventListener("click", () => this.add());
    this.line.append(add);
  }

  spans(without) {
    return this.pairs.filter((pair) => pair !== without).map((pair) => pair.span).filter(Boolean);
  }

  // What is free around a moment of this day, apart from one pair's own hours.
  room(at, without) {
    return spans.room(at, this.spans(without), ...this.nights());
  }

  nights() {
    const at = this.week.indexOf(this);
    const before = this.week[(at + 6) % 7].spans().map((each) => each.closes);
    const after = this.week[(at + 1) % 7].spans().map((each) => each.opens);
    return [Math.max(0, ...before), Math.min(spans.MIDNIGHT, ...after)];
  }

  // The first pair without times, or one more; none if the day has all that it may have.
  emptyPair() {
    const empty = this.pairs.find((pair) => pair.isEmpty);
    if (empty || this.pairs.length === MOST) return empty;
    const last = this.pairs.at(-1).fields;
    const fields = last.cloneNode(true);
    fields.querySelector(".remove").remove();
    for (const field of fields.querySelectorAll("input")) {
      for (const name of ["id", "name"]) {
        const known = field.getAttribute(name);
        if (known) field.setAttribute(name, known.replace(/\d+$/, this.pairs.length));
      }
      for (const name of ["aria-invalid", "aria-describedby", "autofocus"]) field.removeAttribute(name);
      if (field.type === "checkbox") field.checked = false;
      else Object.assign(field, { type: "time", value: "" });
    }
    last.after(fields);
    const pair = new Pair(this, fields);
    this.pairs.push(pair);
    return pair;
  }

  add() {
    const span = spans.freeHour(this.spans(), ...this.nights());
    const pair = span && this.emptyPair();
    if (!pair) return;
    pair.set(span);
    this.grid.draw();
    pair.ends.opens.focus();
  }

  // What a press takes hold of: an end of hours, the hours, or nothing yet. Where two ends
  // are near, the upper half of the bar means what opens, the lower what closes.
  grip(event) {
    const box = this.track.getBoundingClientRect();
    const x = event.clientX - box.left;
    const half = event.clientY - box.top < box.height / 2 ? "opens" : "closes";
    let best = { distance: Infinity };
    for (const pair of this.pairs) {
      const { span } = pair;
      if (!span) continue;
      const [left, right] = [this.pixel(span.opens), this.pixel(span.closes)];
      const inside = left < x && x < right;
      const near = inside ? Math.min(NEAR, (right - left) / 3) : NEAR;
      if (inside && best.distance > 2 * NEAR) best = { pair, end: "", distance: 2 * NEAR };
      for (const [end, at] of [["opens", left], ["closes", right]]) {
        if (Math.abs(x - at) > near) continue;
        const distance = Math.abs(x - at) + (end === half ? 0 : NEAR / 2);
        if (distance < best.distance) best = { pair, end, distance };
      }
    }
    return best;
  }

  press(event) {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    const { left } = this.track.getBoundingClientRect();
    const from = event.clientX - left;
    const { pair, end } = this.grip(event);
    if (pair) pair.ends[end || "opens"].focus();
    const drag = pair ? this.changing(pair, end, from) : this.painting(from);
    let moving = false;

    const move = (later) => {
      moving ||= Math.abs(later.clientX - left - from) >= MOVED;
      if (moving) drag.to(this.at(later.clientX - left));
    };
    const stop = (later) => {
      if (later.type === "keydown" && later.key !== "Escape") return;
      this.track.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) this.track.removeEventListener(name, stop);
      document.removeEventListener("keydown", stop, true);
      if (later.type !== "pointerup") drag.undo();
      else if (!moving) drag.click?.();
      this.grid.draw();
    };
    this.track.setPointerCapture(event.pointerId);
    this.track.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) this.track.addEventListener(name, stop);
    document.addEventListener("keydown", stop, true);
  }

  changing(pair, end, from) {
    const { span: was, room } = pair;
    const grabbed = this.at(from) - was.opens;
    return {
      to: (at) => {
        pair.set(end ? spans.withEnd(was, end, at, room) : spans.moved(was, at - grabbed, room));
      },
      undo: () => pair.set(was),
    };
  }

  painting(from) {
    const start = this.at(from);
    const room = this.room(start);
    let pair = null;
    const to = (at) => {
      const span = spans.painted(start, at, room);
      if (span) pair ??= this.emptyPair();
      if (!span || !pair) return;
      pair.set(span);
      pair.ends.closes.focus();
    };
    return { to, undo: () => pair?.clear(), click: () => to(start + 60) };
  }

  pixel(at) {
    return ((at - this.grid.first) / this.grid.length) * this.track.clientWidth;
  }

  // The time at a point: a quarter of an hour where there is room for one, else half an hour.
  at(x) {
    const width = this.track.clientWidth;
    const { first, length } = this.grid;
    const step = (spans.STEP / length) * width >= 6 ? spans.STEP : 2 * spans.STEP;
    return Math.round((first + (x / width) * length) / step) * step;
  }

  draw() {
    const hours = this.grid.length / 60;
    const each = hours > 18 ? 3 : 2;
    const first = this.grid.first / 60;
    this.track.style.setProperty("--hours", hours);
    this.ruler.replaceChildren();
    for (let hour = first; hour <= first + hours; hour += each) {
      const label = element("hour", this.ruler);
      label.textContent = hour % 24;
      label.style.insetInlineStart = this.grid.place(hour * 60);
    }
    let empty = false;
    for (const pair of this.pairs) {
      pair.draw();
      pair.fields.classList.toggle("spare", empty && pair.isEmpty && !pair.opens.autofocus);
      empty ||= pair.isEmpty;
    }
  }
}

// All bars of the page: they show the same part of the day, from `first` on for `length` minutes.
class Grid {
  constructor() {
    this.tools = document.getElementById("bar-tools");
    this.words = this.tools.dataset;
    this.night = document.getElementById("bar-night");
    this.bars = [];
    for (const grid of document.querySelectorAll(".week")) {
      const week = [];
      for (const fieldset of grid.querySelectorAll(".day")) {
        week.push(new Bar(this, fieldset, week));
      }
      this.bars.push(...week);
    }
    this.night.addEventListener("change", () => this.draw());
  }

  tool(name) {
    return this.tools.content.querySelector(`.${name}`).cloneNode(true);
  }

  share(minutes) {
    return `${(minutes / this.length) * 100}%`;
  }

  place(at) {
    return this.share(at - this.first);
  }

  // The waking day, all of it with its night, or as much as there are hours.
  draw() {
    const all = this.bars.flatMap((bar) => bar.spans());
    const [early, late] = this.night.checked ? [0, spans.NIGHT_ENDS] : [6 * 60, 22 * 60];
    const first = Math.min(early, ...all.map((span) => span.opens));
    const last = Math.max(late, ...all.map((span) => span.closes));
    this.first = Math.floor(first / 60) * 60;
    this.length = Math.ceil(last / 60) * 60 - this.first;
    for (const bar of this.bars) bar.draw();
  }
}

const grid = new Grid();
document.getElementById("bar-hint").hidden = false;
grid.draw();
// The bars have pushed down the field that one goes on from.
document.querySelector("[autofocus]")?.scrollIntoView({ block: "center" });
window.addEventListener("pageshow", () => grid.draw()); // a browser may fill fields in again
