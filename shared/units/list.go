package units

import "strings"

// Info documents a unit of the table.
type Info struct {
	Symbol    string // as results show it
	Name      string
	Plural    string
	Dimension string  // "length"
	Factor    float64 // in the coherent unit; 0 for currencies and points on a scale
	Coherent  string  // the unit of the factor: "m"
	Prefixes  bool    // takes prefixes
	Source    string  // of the factor
}

// List documents the units without prefixes, in the order of the table, followed by the currencies.
func List() []Info {
	list := make([]Info, 0, len(table)+len(currencies)/3)
	for id := idMetre; id < len(table); id++ {
		if id == idHundredKm {
			continue
		}
		e := &table[id]
		bar := strings.IndexByte(e.names, '|')
		name, plural, after := nextName(e.names, bar+1)
		several := name
		if plural {
			several += "s"
		} else if after < len(e.names) {
			several, _, _ = nextName(e.names, after)
		}
		info := Info{
			Symbol:    symbol(id),
			Name:      spaced(name),
			Plural:    spaced(several),
			Dimension: e.dimension.String(),
			Coherent:  Coherent(e.dimension).String(),
			Prefixes:  e.flags&prefixed != 0,
			Source:    sources[e.source],
		}
		if e.flags&point == 0 {
			q, _ := Convert(Quantity{1, unit(id)}, Coherent(e.dimension), nil)
			info.Factor = q.Value
		}
		list = append(list, info)
	}
	for i := 0; i < len(currencies); i += 3 {
		code := currencies[i : i+3]
		info := Info{
			Symbol: code, Name: code, Plural: code,
			Dimension: Money.String(), Source: sources[iso4217],
		}
		if i/3 < len(currencyNames) {
			name, plural, regular := splitNames(currencyNames[i/3])
			if info.Name, info.Plural = name, plural; regular {
				info.Plural += "s"
			}
		}
		list = append(list, info)
	}
	return list
}

// spaced returns a name of several words as texts spell it.
func spaced(name string) string {
	text := []byte(name)
	for i, c := range text {
		if c == '_' {
			text[i] = ' '
		}
	}
	return string(text)
}
