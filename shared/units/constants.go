package units

// Constant is a constant of physics from CODATA 2022. c, h, e_charge, k_B, N_A and g_0 are exact,
// and so is what follows from them.
type Constant struct {
	Name  string
	Help  string
	Value float64
	unit  string
}

// Unit returns the unit of the constant.
func (c *Constant) Unit() Unit {
	u, _ := Parse(c.unit)
	return u
}

// Constants are in the order of the documentation.
var Constants = [...]Constant{
	{"c", "speed of light in vacuum", 299792458, "m/s"},
	{"G", "Newtonian constant of gravitation", 6.67430e-11, "m³/(kg·s²)"},
	{"h", "Planck constant", 6.62607015e-34, "J·s"},
	{"hbar", "reduced Planck constant, h/(2pi)", 1.0545718176461565e-34, "J·s"},
	{"k_B", "Boltzmann constant", 1.380649e-23, "J/K"},
	{"N_A", "Avogadro constant", 6.02214076e23, "mol⁻¹"},
	{"e_charge", "elementary charge", 1.602176634e-19, "C"},
	{"g_0", "standard acceleration of gravity", 9.80665, "m/s²"},
	{"R", "molar gas constant", 8.31446261815324, "J/(mol·K)"},
	{"sigma", "Stefan-Boltzmann constant", 5.6703744191844294e-8, "W/(m²·K⁴)"},
	{"m_e", "electron mass", 9.1093837139e-31, "kg"},
	{"m_p", "proton mass", 1.67262192595e-27, "kg"},
	{"eps_0", "vacuum electric permittivity", 8.8541878188e-12, "F/m"},
	{"mu_0", "vacuum magnetic permeability", 1.25663706127e-6, "N/A²"},
}

// FindConstant returns the constant with a name.
func FindConstant(name string) (*Constant, bool) {
	for i := range Constants {
		if Constants[i].Name == name {
			return &Constants[i], true
		}
	}
	return nil, false
}
