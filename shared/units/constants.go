package units

// Constant is a constant of physics from CODATA 2022. c, h, e_charge, k_B, N_A and g_0 are exact,
// and so is what follows from them.
type Constant struct {
	Name  string
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
	{"c", 299792458, "m/s"},                       // speed of light in vacuum
	{"G", 6.67430e-11, "m³/(kg·s²)"},              // Newtonian constant of gravitation
	{"h", 6.62607015e-34, "J·s"},                  // Planck constant
	{"hbar", 1.0545718176461565e-34, "J·s"},       // reduced Planck constant, h/(2pi)
	{"k_B", 1.380649e-23, "J/K"},                  // Boltzmann constant
	{"N_A", 6.02214076e23, "mol⁻¹"},               // Avogadro constant
	{"e_charge", 1.602176634e-19, "C"},            // elementary charge
	{"g_0", 9.80665, "m/s²"},                      // standard acceleration of gravity
	{"R", 8.31446261815324, "J/(mol·K)"},          // molar gas constant
	{"sigma", 5.6703744191844294e-8, "W/(m²·K⁴)"}, // Stefan-Boltzmann constant
	{"m_e", 9.1093837139e-31, "kg"},               // electron mass
	{"m_p", 1.67262192595e-27, "kg"},              // proton mass
	{"eps_0", 8.8541878188e-12, "F/m"},            // vacuum electric permittivity
	{"mu_0", 1.25663706127e-6, "N/A²"},            // vacuum magnetic permeability
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
