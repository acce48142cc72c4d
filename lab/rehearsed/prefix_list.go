package rehearsed

const prefixListType = "aws:ec2/managedPrefixList:ManagedPrefixList"

// prefixLists returns the most entries of each prefix list of the operator, by ID.
func (w *World) prefixLists() map[string]int {
	lists := map[string]int{}
	for _, o := range w.All(prefixListType) {
		lists[o.ID] = o.Number("maxEntries")
	}
	return lists
}
