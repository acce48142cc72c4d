package route53

import (
	"encoding/json"
	"fmt"
	"strings"

	"eksnet/rehearsal/world/store"
)

const deletionFormat = "aws route53 change-resource-record-sets --hosted-zone-id %s --change-batch '%s'"

// DeletionCommand returns the command that deletes a record, which has all of the record's content.
func DeletionCommand(o *store.Object) string {
	record := RecordOf(o)
	set := map[string]any{"Name": record.FQDN, "Type": record.Type}
	if len(record.Aliases) > 0 {
		alias := record.Aliases[0]
		set["AliasTarget"] = map[string]any{"DNSName": alias.Name, "HostedZoneId": alias.Zone, "EvaluateTargetHealth": alias.EvaluateHealth}
	} else {
		var values []map[string]any
		for _, value := range record.Values {
			values = append(values, map[string]any{"Value": value})
		}
		set["TTL"], set["ResourceRecords"] = record.TTL, values
	}
	batch, _ := json.Marshal(map[string]any{"Changes": []any{map[string]any{"Action": "DELETE", "ResourceRecordSet": set}}})
	return fmt.Sprintf(deletionFormat, record.Zone, batch)
}

// DeletedBy returns the ID of the record that a command deletes, "" if it deletes none.
func DeletedBy(command string) string {
	rest, found := strings.CutPrefix(command, strings.SplitN(deletionFormat, "%s", 2)[0])
	zone, rest, hasBatch := strings.Cut(rest, " --change-batch '")
	var batch struct {
		Changes []struct {
			ResourceRecordSet struct{ Name, Type string }
		}
	}
	if !found || !hasBatch || json.Unmarshal([]byte(strings.TrimSuffix(rest, "'")), &batch) != nil || len(batch.Changes) != 1 {
		return ""
	}
	return recordID(zone, batch.Changes[0].ResourceRecordSet.Name, batch.Changes[0].ResourceRecordSet.Type)
}
