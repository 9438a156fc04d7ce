package web

import "bytes"

// fill returns a template, a file of the folder, with its places filled: {{name}}
// by the value of that name, which is not looked at for further places.
func (o Options) fill(name string, values map[string]page) (filled page, found bool) {
	rest, err := o.ReadFile(name)
	if err != nil {
		return nil, false
	}
	for {
		before, after, open := bytes.Cut(rest, []byte("{{"))
		filled = append(filled, before...)
		if !open {
			return filled, true
		}
		place, end, _ := bytes.Cut(after, []byte("}}"))
		filled = append(filled, values[string(place)]...)
		rest = end
	}
}
