/// Our own receiver: listens for mail by SMTP and LMTP and sees every attempt, refused ones too.
@NullMarked
package io.mailcanary.receiver;

import org.jspecify.annotations.NullMarked;
