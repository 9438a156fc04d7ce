package units

import "math"

// Split splits a quantity into parts: 90 min in h and min is 1 and 30. The units have one
// dimension, and each is smaller than the one before. All parts but the last are whole, and all
// have the sign of the quantity. A last part that makes a whole larger unit when rounded to 14
// digits is carried over: there is no 5 ft 12 in.
func Split(q Quantity, into []Unit, values []float64) Problem {
	last := len(into) - 1
	total, problem := Convert(q, into[last], nil)
	if problem != OK {
		return problem
	}
	rest := math.Abs(total.Value)
	for i, u := range into[:last] {
		size, problem := Convert(Quantity{1, u}, into[last], nil)
		if problem != OK {
			return problem
		}
		whole := math.Floor(rest / size.Value)
		left := rest - whole*size.Value
		if left < 0 || size.Value-left <= 1e-14*math.Max(rest, size.Value) {
			whole = math.Floor(rest/size.Value + 0.5)
		}
		rest = math.Max(0, rest-whole*size.Value)
		values[i] = math.Copysign(whole, q.Value)
	}
	values[last] = math.Copysign(rest, q.Value)
	return OK
}

// Descending reports whether v may follow u in a quantity of several parts: 5 ft 3 in, 3 h 20 min.
func Descending(u, v Unit) bool {
	if !u.single() || !v.single() || u.Dimension() != v.Dimension() || u.IsPoint() || v.IsPoint() ||
		u.HasCurrency() || v.HasCurrency() {
		return false
	}
	order, _ := Compare(Quantity{1, u}, Quantity{1, v})
	return order > 0
}
