// A page beside the desk: a scan here is a scan at the desk, which then opens. Its keys hold too.

import { readCode } from "../inventory/codes.js";
import { pressKey } from "../core/desk-keys.js";
import { listenForScans } from "../core/scanner.js";

const form = document.getElementById("scan-at-desk");
const field = form.elements.scan;

listenForScans(({ typed, us }) => {
  field.value = readCode(typed).outcome === "text" && readCode(us).outcome !== "text" ? us : typed;
  form.submit();
}, () => field);

document.addEventListener("keydown", (event) => {
  if (!event.defaultPrevented) pressKey(document, event);
});
