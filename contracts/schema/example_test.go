package schema_test

import (
	"fmt"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

func ExampleLoad() {
	customer, err := schema.Load("../schemas/customer.schema.json")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range customer.Check([]byte(`{"id":"cus_1","name":"Ada","country":"Netherlands"}`)) {
		fmt.Println(v.InstancePath, v.Keyword)
	}
	// Output: /country pattern
}
