/// Letters, by a relay that is not watched.
@NullMarked
package io.mailcanary.notify.email;

import org.jspecify.annotations.NullMarked;
