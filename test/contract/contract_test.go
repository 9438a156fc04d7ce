package contract_test

import (
	"os"
	"testing"

	"abacus/test/contract"
)

// TestConformance tests the instance that BASE_URL names. Run it on a machine that does nothing
// else.
func TestConformance(t *testing.T) {
	base := os.Getenv("BASE_URL")
	if base == "" {
		t.Skip("BASE_URL is not set; package integration runs these cases on a host of its own")
	}
	suite := contract.Open(t, base)
	suite.Quiet = true
	suite.Test(t)
}
