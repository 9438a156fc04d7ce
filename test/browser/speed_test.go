package browser

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// long is a line of 200 characters.
const long = "sum(1/n!, n = 0, 15) - (1 + 1/10^6)^(10^6) + sin(pi/3)^2 * hypot(3, 4) / ln(2.5) - 17.25e-3 * 100!/98! + " +
	"sqrt(2) * cos(tau/7)^3 - mean(1, 2, 3, 4, 5, 6, 7.5) * max(12, 7) + (2^0.5 + 3^(1/3)) / 4.25251"

// BenchmarkPreview types the last character of a long line and reports how many milliseconds pass
// until its preview is in the page: a frame has 16.7.
func BenchmarkPreview(b *testing.B) {
	if len(long) < 200 {
		b.Fatalf("the line has %d characters", len(long))
	}
	p := open(b, harness.Start(b, harness.Options{}).URL)
	p.calculate("a = 1/3", "f(x) = x + a")
	p.types(long)
	p.until(`document.getElementById("preview").textContent !== ""`)
	var times []float64
	for b.Loop() {
		times = append(times, getAsync[[]float64](p, `(async () => {
			const input = document.getElementById("input");
			const preview = document.getElementById("preview");
			const line = input.value;
			const times = [];
			for (let i = 0; i < 100; i++) {
				const shown = new Promise((resolve) => {
					const observer = new MutationObserver(() => preview.textContent && (observer.disconnect(), resolve(performance.now())));
					observer.observe(preview, { childList: true });
				});
				const begin = performance.now();
				input.value = line + i % 10;
				input.dispatchEvent(new Event("input"));
				times.push((await shown) - begin);
				await new Promise(requestAnimationFrame);
			}
			input.value = line;
			return times;
		})()`)...)
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2], "ms-median")
	b.ReportMetric(times[len(times)*95/100], "ms-p95")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkScroll shows 1,000 rows, page by page, scrolls through all of them and adds one, at full
// speed and at a quarter of it. It reports the tasks of more than 50 ms, as the Long Tasks API
// counts them.
func BenchmarkScroll(b *testing.B) {
	p := open(b, harness.Start(b, harness.Options{}).URL)
	p.calculate("1")
	p.fill(999)
	for _, slower := range []float64{1, 4} {
		b.Run(fmt.Sprintf("slower=%v", slower), func(b *testing.B) {
			p.do(emulation.SetCPUThrottlingRate(slower))
			for b.Loop() {
				p.visit()
				p.do(chromedp.Evaluate(watchTasks, nil))
				// The observer must see this task, which is long on purpose.
				p.do(chromedp.Evaluate(`setTimeout(() => { for (const end = performance.now() + 80; performance.now() < end; ); })`, nil))
				p.until(`tasks.splice(0).length === 1`)
				for rows := 50; rows < 1000; rows += 50 {
					p.do(chromedp.Evaluate(`document.getElementById("earlier").click()`, nil))
					p.rows(min(rows+50, 1000))
				}
				loading := get[[]float64](p, `tasks.splice(0)`)
				height := get[float64](p, `document.getElementById("scroll").scrollHeight`)
				for _, distance := range []float64{height, -height} {
					p.do(input.SynthesizeScrollGesture(640, 400).WithYDistance(distance).WithSpeed(20_000).WithGestureSourceType("mouse"))
				}
				scrolling := get[[]float64](p, `tasks.splice(0)`)
				p.types("2 + 2")
				p.press("Enter")
				p.until(`document.getElementById("status").textContent === "2 plus 2 equals 4"`)
				answering := get[[]float64](p, `tasks.splice(0)`)
				p.do(chromedp.Evaluate(`document.getElementById("status").textContent = ""`, nil))
				b.Logf("long tasks in ms: loading 1,000 rows %v, scrolling %v pixels twice %v, one more answer %v", loading, height, scrolling, answering)
				b.ReportMetric(float64(len(loading)), "long-tasks/load")
				b.ReportMetric(float64(len(scrolling)), "long-tasks/scroll")
				b.ReportMetric(float64(len(answering)), "long-tasks/answer")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// watchTasks is a script that records the duration of long tasks, in milliseconds.
const watchTasks = `{
	window.tasks = [];
	new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
}`

// fill calculates count expressions in the page's session through the API.
func (p *page) fill(count int) {
	p.Helper()
	got := getAsync[int](p, fmt.Sprintf(`(async () => {
		const headers = { Authorization: "Bearer " + localStorage.getItem("abacus.session"), "Content-Type": "application/json" };
		let count = 0;
		for (let i = 0; i < %d; i += 90) {
			const expr = Array.from({ length: Math.min(90, %[1]d - i) }, (_, j) => i + j + " * 2");
			const reply = await fetch("/eval", { method: "POST", headers, body: JSON.stringify({ expr }) });
			count += (await reply.json()).results.length;
		}
		return count;
	})()`, count))
	if got != count {
		p.Fatalf("%d results, want %d", got, count)
	}
}
