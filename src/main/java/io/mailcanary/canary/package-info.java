/// The life of one probe mail, from its slot to its fate. Pure: every instant is a parameter.
@NullMarked
package io.mailcanary.canary;

import org.jspecify.annotations.NullMarked;
