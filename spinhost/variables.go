package spinhost

import (
	"errors"

	"abacus/spinhost/telemetry"
	"abacus/spinhost/variable"
	"abacus/spinhost/wasm"
)

// configModule is the interface of variables (spin@unversioned/config.wit).
var configModule = hostModule{"spin-config", []hostFunction{
	{"get-config", 3, (*execution).getConfig},
}}

// knownVariable is a variable of a component that has a value.
type knownVariable struct {
	value string
	get   *telemetry.Operation
}

func (e *execution) getConfig(in *wasm.Instance, p []uint32) error {
	name, err := in.Read(p[0], p[1])
	if err != nil {
		return err
	}
	known, ok := e.component.variables[string(name)]
	if !ok {
		return e.getUnknown(in, p)
	}
	span := known.get.Start(e.ctx)
	defer span.End(nil)
	return writeText(in, p[2], known.value)
}

// getUnknown answers with why a variable has no value.
func (e *execution) getUnknown(in *wasm.Instance, p []uint32) error {
	name, err := in.String(p[0], p[1])
	if err != nil {
		return err
	}
	result := p[2]
	span := e.app.telemetry.Operation("spin_config.get", "key", name).Start(e.ctx)
	value, err := e.app.options.Variables.Get(e.component.manifest.ID, name)
	span.End(err)
	if failure := new(variable.Error); errors.As(err, &failure) {
		return writeErrorText(in, result, uint8(failure.Tag), failure.Text)
	} else if err != nil {
		return err
	}
	return writeText(in, result, value)
}

func writeText(in *wasm.Instance, result uint32, text string) error {
	address, err := in.NewString(text)
	if err != nil {
		return err
	}
	return writeList(in, result, address, len(text))
}
