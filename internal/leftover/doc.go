// Package leftover lists the kinds of AWS resources that can remain after a stack was destroyed: how they are
// recognized, who created them, what they cost, in which order and with which commands they are deleted.
package leftover
