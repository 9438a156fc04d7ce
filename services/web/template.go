package web

import "bytes"

// fill returns a template, a file of the folder, with each {{name}} replaced by the value of that
// name.
func (s *service) fill(name string, values map[string]page) (filled page, err error) {
	rest, err := s.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for {
		before, after, open := bytes.Cut(rest, []byte("{{"))
		filled = append(filled, before...)
		if !open {
			return filled, nil
		}
		place, end, _ := bytes.Cut(after, []byte("}}"))
		filled = append(filled, values[string(place)]...)
		rest = end
	}
}
