/// Watches mailboxes (IMAP, POP3, Maildir) and reports what it finds and whether it can see at all.
@NullMarked
package io.mailcanary.mailbox;

import org.jspecify.annotations.NullMarked;
