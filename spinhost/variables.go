package spinhost

import (
	"errors"

	"abacus/spinhost/variable"
	"abacus/spinhost/wasm"
)

// configModule is the interface of variables (spin@unversioned/config.wit).
var configModule = hostModule{"spin-config", []hostFunction{
	{"get-config", 3, (*execution).getConfig},
}}

func (e *execution) getConfig(in *wasm.Instance, p []uint32) error {
	name, err := in.String(p[0], p[1])
	if err != nil {
		return err
	}
	result := p[2]
	operation, ok := e.component.operations.variable[name]
	if !ok { // the manifest does not give it one
		operation = e.app.telemetry.Operation("spin_config.get", "key", name)
	}
	span := operation.Start(e.ctx)
	value, ok := e.component.variables[name]
	if !ok { // or why it has none
		value, err = e.app.options.Variables.Get(e.component.manifest.ID, name)
	}
	span.End(err)
	if failure := new(variable.Error); errors.As(err, &failure) {
		return writeErrorText(in, result, uint8(failure.Tag), failure.Text)
	} else if err != nil {
		return err
	}
	address, err := in.NewString(value)
	if err != nil {
		return err
	}
	return writeList(in, result, address, len(value))
}
