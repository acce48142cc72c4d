# Waits until no hosted zone in $ZONES has a TXT record of $OWNER, at most $TIMEOUT seconds, and prints those that remain.
end=$(($(date +%s) + TIMEOUT))
while :; do
  remaining="" error=""
  for zone in $ZONES; do
    names=$(aws route53 list-resource-record-sets --hosted-zone-id "$zone" --output text --query \
      "ResourceRecordSets[?Type=='TXT' && (contains(ResourceRecords[0].Value, 'external-dns/owner=$OWNER,') || contains(ResourceRecords[0].Value, 'external-dns/owner=$OWNER\"'))].Name" 2>&1) ||
      { error="$error$zone: $names
"; continue; }
    for name in $names; do
      [ "$name" = None ] || remaining="$remaining$zone: $name
"
    done
  done
  [ -z "$remaining$error" ] && { echo "no TXT record of $OWNER remains"; exit 0; }
  [ "$(date +%s)" -ge "$end" ] && break
  sleep 5
done
[ -z "$error" ] || echo "the records of hosted zones cannot be listed:
$error"
[ -z "$remaining" ] || echo "after $TIMEOUT seconds hosted zones still have TXT records of $OWNER:
$remaining
Delete the Services and Ingresses that they name, or the records, and run destroy again."
exit 1
