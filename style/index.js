import './base.css';
import './viewer.css';
import './sweep.css';
import './compare.css';
