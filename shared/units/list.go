package units

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
		first := 1 // the index of the first name, after the symbols
		for i := 0; e.names[i] != '|'; i++ {
			if e.names[i] == ' ' {
				first++
			}
		}
		info := Info{
			Symbol:    word(e.names, 0),
			Name:      spaced(word(e.names, first)),
			Plural:    spaced(word(e.names, first+1)),
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
			names := currencyNames[i/3]
			bar := 0
			for names[bar] != '|' {
				bar++
			}
			info.Name, info.Plural = names[:bar], names[bar+1:]
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
