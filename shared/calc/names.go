package calc

import "strings"

// Names lists the names of a scope that the program reads, calls, sets or defines, also in the bodies of its
// definitions, each once, in the order in which the evaluation meets them. Constants, built-in functions, parameters
// and indices of sums are none. The strings outlive the program.
func (p *Program) Names() []string {
	var names []string
	seen := map[string]bool{}
	for i := range p.code {
		in := &p.code[i]
		switch in.op {
		case opVariable, opCall, opAssign, opDefine:
			if name := (span{in.offset, in.length}).in(p.origin); !seen[name] {
				name = strings.Clone(name)
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}
