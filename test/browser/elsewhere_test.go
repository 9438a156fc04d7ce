package browser

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// token is the token of the browser's session.
const token = `localStorage.getItem("abacus.session")`

// lose drops replies of POST /eval, either before or after the request takes effect.
func (p *page) lose(after bool) {
	p.Helper()
	p.do(chromedp.Evaluate(fmt.Sprintf(`{
		const real = window.real = window.fetch;
		window.fetch = async (address, options) => {
			if (address !== "/eval") return real(address, options);
			if (%v) await real(address, options);
			throw new TypeError("lost");
		};
	}`, after), nil))
}

// restore lets replies arrive again.
func (p *page) restore() { p.do(chromedp.Evaluate(`window.fetch = window.real`, nil)) }

// continues follows the link of another session.
func (p *page) continues(session string) {
	p.Helper()
	p.do(chromedp.Evaluate(`location.hash = "session=`+session+`"`, nil))
	p.until(`document.getElementById("confirm").open`)
	p.click("#confirm [data-answer=yes]")
	p.until(token + ` === "` + session + `"`)
}

// TestContinuedWhileWaiting switches sessions while an entry is pending: the entry stays in the
// session it was entered in.
func TestContinuedWhileWaiting(t *testing.T) {
	for _, after := range []bool{false, true} {
		url := harness.Start(t, harness.Options{}).URL
		other := open(t, url)
		other.calculate("a = 100", "zz = 9")
		session := get[string](other, token)
		p := open(t, url)
		p.calculate("a = 5")
		before := get[string](p, token)
		p.lose(after)
		p.enter("a = a + 1")
		p.until(`document.querySelector("#log .pending .note") !== null`)
		p.continues(session)
		if after { // a pending row and its session survive a reload
			p.visit()
		} else {
			p.restore()
			p.do(chromedp.Evaluate(`[...document.querySelectorAll("#log .pending button")].find((b) => b.textContent === "Try now").click()`, nil))
		}
		p.until(`document.getElementById("toast").textContent.includes("in the session that it was entered in")`)
		p.wantNames("a = 100", "zz = 9")
		p.calculate("zz + 1")
		p.wantLog("a = 100 | 100", "zz = 9 | 9", "zz + 1 | 10")
		p.calculate("a")
		p.more("#earlier-session")
		p.until(token + ` === "` + before + `"`)
		p.wantNames("a = 6")
		p.wantLog("a = 5 | 5", "a = a + 1 | 6")
	}
}

// TestSessionGoneInTwoTabs starts a new session in one of two tabs whose session was deleted: the
// other tab joins it.
func TestSessionGoneInTwoTabs(t *testing.T) {
	url := harness.Start(t, harness.Options{}).URL
	p := open(t, url)
	p.calculate("a = 5")
	q := p.tab()
	request, err := http.NewRequest(http.MethodDelete, url+"/session", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+get[string](p, token))
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusNoContent {
		t.Fatal(response, err)
	}
	response.Body.Close()
	p.enter("1 + 1")
	q.enter("2 + 2")
	for _, tab := range []*page{p, q} {
		tab.until(`!document.getElementById("toast").hidden && document.getElementById("toast").textContent.includes("not known any more")`)
	}
	p.click("#toast .actions button")
	p.settled()
	q.until(`document.getElementById("toast").hidden`)
	q.settled()
	if one, two := get[string](p, token), get[string](q, token); one != two || one == "" {
		t.Errorf("the tabs are in the sessions %q and %q", one, two)
	}
	q.until(`document.querySelectorAll("#log li").length === 2`)
}

// TestNamesOfObjects uses names that every JavaScript object has, and an expression that is too
// long to be coloured.
func TestNamesOfObjects(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("f(constructor) = constructor^2", "__proto__ = 5", "secret = 42")
	for statement, caption := range map[string]string{
		"plot(f(x), x = -1, 1)":                             "With f(constructor) = constructor^2, as set now",
		"plot(__proto__*x, x = -1, 1)":                      "With __proto__ = 5, as set now",
		"plot(sum(toString*x, toString = 1, 3), x = -1, 1)": "",
	} {
		p.plot(statement)
		if got := get[string](p, `[...document.querySelectorAll("#log .caption")].at(-1).textContent`); got != caption {
			t.Errorf("%s: the caption is %q, want %q", statement, got, caption)
		}
	}
	long := "secret*(1" + strings.Repeat("+1", 1200) + ")"
	p.types(long)
	p.press("Enter")
	p.settled()
	p.choose("1", "Share with its result")
	p.until(`document.getElementById("share-words").textContent.includes("secret")`)
}
