package eks

import (
	"encoding/json"

	"eksnet/rehearsal/world/store"
)

// Configuration returns an add-on's settings.
func Configuration(addon *store.Object) map[string]any {
	var values map[string]any
	if addon == nil || json.Unmarshal([]byte(addon.Text("configurationValues")), &values) != nil {
		return nil
	}
	return values
}
