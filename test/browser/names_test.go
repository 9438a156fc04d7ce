package browser

// These are the cases of TestPage about the panel of names and the end of a session.

func names(p *page) {
	p.calculate("rate = 0.05", "f(x) = x + rate")
	p.wantNames("rate = 0.05", "f(x) = x + rate")
	p.types("2 * ")
	p.click("#variables .name")
	p.wantInput("2 * rate")
	p.wantFocus("#input")
	p.press("Enter")
	p.wantLog("rate = 0.05 | 0.05", "f(x) = x + rate | defined", "2 * rate | 0.1")
}

// shownNames checks that the panel shows values as the rows do.
func shownNames(p *page) {
	p.calculate("x1 = 1:30", "x2 = 39:30 * 4", "x3 = 7%", "x4 = 5 km", "x5 = 1.5e18", "x6 = 2^53 - 1")
	p.wantNames("x1 = 1:30", "x2 = 158:00 h", "x3 = 7%", "x4 = 5 km", "x5 = 1.5e18", "x6 = 9007199254740991")
}

// staleNames sets a name again: the panel marks what was calculated from it, and recalculates that.
func staleNames(p *page) {
	p.calculate("rent = 1200", "budget = rent + 450", "rent = 1300")
	stale := `[...document.querySelectorAll("#names .stale .name")].map((name) => name.textContent).join()`
	p.until(stale + ` === "budget = 1650"`)
	p.click(`#names [aria-label="Recalculate budget"]`)
	p.wantNames("budget = 1750", "rent = 1300")
	p.until(stale + ` === ""`)
	p.wantFocus("#input")
}

func clearOne(p *page) {
	p.calculate("a = 1/3", "b = 2")
	p.wantNames("a = 0.333333333333333", "b = 2")
	p.click(`[aria-label="Clear a"]`)
	p.wantNames("b = 2")
	p.wantFocus("#input")
	p.click("#toast .actions button")
	p.wantNames("a = 0.333333333333333", "b = 2")
	p.click(`[aria-label="Clear b"]`)
	p.wantToast("Cleared b = 2.")
	p.press("Ctrl+z")
	p.wantNames("a = 0.333333333333333", "b = 2")
}

func clearAll(p *page) {
	p.calculate("a = 1", "f(x) = x")
	p.wantNames("a = 1", "f(x) = x")
	p.click("#clear-names")
	p.press("Escape")
	p.until(`!document.getElementById("confirm").open`)
	p.wantNames("a = 1", "f(x) = x")
	p.click("#clear-names")
	p.click("#confirm [data-answer=yes]")
	p.wantNames()
	p.wantFocus("#input")
	p.wantLog("a = 1 | 1", "f(x) = x | defined")
	p.calculate("a")
	p.until(`!document.getElementById("problem").hidden`)
}

func deleteSession(p *page) {
	p.calculate("a = 1")
	token := get[string](p, `localStorage.getItem("abacus.session")`)
	p.more("#delete-session")
	p.click("#confirm [data-answer=yes]")
	p.until(`!document.getElementById("toast").hidden`)
	p.wantLog()
	p.wantNames()
	p.wantFocus("#input")
	if get[bool](p, `localStorage.getItem("abacus.session") !== null`) {
		p.Error("the page still has the token")
	}
	p.calculate("2 + 3")
	p.wantLog("2 + 3 | 5")
	if get[string](p, `localStorage.getItem("abacus.session")`) == token {
		p.Error("the deleted session is still in use")
	}
}

func deleteInOtherTab(p *page) {
	p.calculate("a = 1")
	other := p.tab()
	other.wantLog("a = 1 | 1")
	p.more("#delete-session")
	p.click("#confirm [data-answer=yes]")
	other.until(`document.querySelector("#log li") === null`)
	other.wantNames()
	p.calculate("5")
	other.until(`document.querySelector("#log li") !== null`)
	other.wantLog("5 | 5")
}
