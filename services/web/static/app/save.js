// A picture as a file that needs nothing else: with its colours, a legend, a title and
// a description.

import { download } from "./export.js";
import { shape } from "./picture.js";

/** What of the style sheet a picture takes along. */
const looks = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "font-family", "font-size"];

/** The height of a line of the legend, in pixels. */
const line = 20;

/** The pixels of an image for one of the page. */
const density = 2;

/** Saves a picture that is on the page as SVG, with the expressions of its curves and a description. */
export function saveSvg(svg, expressions, description) {
  download(new Blob([written(svg, expressions, description)], { type: "image/svg+xml" }), "plot.svg");
}

/** Saves a picture that is on the page as PNG. */
export async function savePng(svg, expressions, description) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(written(svg, expressions, description))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [density * image.width, density * image.height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((file) => download(file, "plot.png"), "image/png");
}

function written(svg, expressions, description) {
  const copy = svg.cloneNode(true);
  const parts = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((part, i) => paint(part, getComputedStyle(parts[i])));
  copy.querySelector(".cursor").remove();
  const [width, height] = [svg.width.baseVal.value, svg.height.baseVal.value];
  const whole = height + line * expressions.length + line / 2;
  copy.setAttribute("height", whole);
  copy.setAttribute("viewBox", `0 0 ${width} ${whole}`);
  copy.removeAttribute("aria-hidden");
  copy.setAttribute("role", "img");
  copy.prepend(
    shape("title", {}, expressions.join(", ")),
    shape("desc", {}, description),
    shape("rect", { width, height: whole, fill: getComputedStyle(document.body).backgroundColor }),
  );
  copy.append(...expressions.map((expression, i) => legend(copy, expression, i, height + line * (i + 0.5))));
  return new XMLSerializer().serializeToString(copy);
}

function paint(part, style) {
  for (const name of looks) part.setAttribute(name, style.getPropertyValue(name));
}

function legend(copy, expression, i, y) {
  const sample = copy.querySelector(`.curve-${i + 1}`).cloneNode();
  sample.setAttribute("d", `M12 ${y}h32`);
  const label = shape("text", { x: 52, y, dy: "0.32em" }, expression);
  paint(label, getComputedStyle(document.body));
  label.setAttribute("fill", getComputedStyle(document.body).color);
  label.setAttribute("font-size", "13px");
  return shape("g", {}, sample, label);
}
