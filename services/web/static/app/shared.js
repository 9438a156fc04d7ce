// The page of a share: shows its times in the reader's time zone, with a heading for each day. It
// is in English, with the reader's own kind of English if there is one.

const english = navigator.languages.find((one) => one.startsWith("en")) ?? "en-GB";
const day = { weekday: "long", day: "numeric", month: "long", year: "numeric" };

for (const time of document.querySelectorAll("main time")) {
  const at = new Date(time.dateTime);
  const inRow = time.closest(".entry");
  time.title = at.toLocaleString(english);
  time.textContent = inRow
    ? at.toLocaleTimeString(english, { timeStyle: "short" })
    : at.toLocaleString(english, { dateStyle: "long", timeStyle: "short" });
}

let last = "";
for (const entry of document.querySelectorAll("main .entry")) {
  const heading = document.createElement("h3");
  heading.className = "day";
  const at = entry.querySelector("time")?.dateTime;
  heading.textContent = at ? new Date(at).toLocaleDateString(english, day) : last;
  if (heading.textContent !== last) entry.prepend(heading);
  last = heading.textContent;
}
