-- Of the text, from the day it was approved: whoever keeps a copy can tell that nothing was changed since.
alter table minutes add column sha256 text;

update minutes set sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex') where approved_on is not null and text is not null;
